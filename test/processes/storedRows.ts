/** Up to where the rows of another process are on its disk, told from inside it: what a value costs is over then. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeApplied } from '../../src/storage/recordCodec';
import { call } from '../cluster/httpClient';
import { until } from '../cluster/waiting';

const LONG_MS = 60_000;

/**
 * Written as plain JavaScript, for `--require`. Every batch with rows has the applied record (src/storage/layout.ts): what it says is written
 * to a file once the engine has the batch. One batch is under way at a time.
 */
const HOOK = (directory: string): string => `
const { writeFileSync, renameSync } = require('node:fs');
const binding = require(${JSON.stringify(require.resolve('rocksdb/binding.js'))});
const { batch_put, batch_write, batch_do } = binding;
const file = ${JSON.stringify(directory)} + '/' + process.pid + '.applied';
let applied;
function put(key, value) {
  if (typeof key === 'string' && /^r.{4}a$/s.test(key)) applied = value;
}
const telling = (callback) => (error) => {
  if (!error && applied !== undefined) {
    writeFileSync(file + '.new', applied, 'latin1');
    renameSync(file + '.new', file);
  }
  applied = undefined;
  callback(error);
};
binding.batch_put = (context, key, value) => {
  put(key, value);
  return batch_put(context, key, value);
};
binding.batch_write = (context, options, callback) => batch_write(context, options, telling(callback));
binding.batch_do = (context, operations, options, callback) => {
  for (const { key, value } of operations) put(key, value);
  return batch_do(context, operations, options, telling(callback));
};
`;

/** A member that was started with the hook. */
export interface Told {
  readonly pid: number | undefined;
  readonly clientPort: number;
}

export class StoredRows {
  readonly hook: string;

  constructor(private readonly directory: string) {
    this.hook = join(directory, 'applied.js');
    writeFileSync(this.hook, HOOK(directory));
  }

  /** Waits until `members` have the rows of all that `asked` has carried out: long ones go to the disk up to three seconds later. */
  async until(asked: Told, members: readonly Told[] = [asked]): Promise<void> {
    const index = await raftIndex(asked.clientPort);
    await until(`rows up to ${index} are stored`, LONG_MS, () => members.every(({ pid }) => this.told(pid) >= index));
  }

  private told(pid: number | undefined): number {
    const file = join(this.directory, `${pid}.applied`);
    return existsSync(file) ? decodeApplied(readFileSync(file, 'latin1')).index : 0;
  }
}

/** Answers of errors do not tell it, so a key has to be there. */
async function raftIndex(port: number): Promise<number> {
  const target = '/v2/keys/raft-index';
  const answer = await call(port, { method: 'GET', target }, LONG_MS);
  const { headers } = answer.status === 404 ? await call(port, { method: 'PUT', target }, LONG_MS) : answer;
  return Number(headers['x-raft-index']);
}
