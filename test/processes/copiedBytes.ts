/** How many bytes another process copied between two looks at its timers and sockets, counted inside it. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../cluster/waiting';

/**
 * Written as plain JavaScript, for `--require`. Of the engine's binding it counts what is copied for each value that it is given: into
 * memory of its own, and from there into the batch. Counted is what is long; turns are told apart by the count of the event loop's rounds.
 */
const HOOK = (directory: string): string => `
const { writeFileSync, renameSync } = require('node:fs');
const binding = require(${JSON.stringify(require.resolve('rocksdb/binding.js'))});
const LONG = 64 * 1024;
let round = -1, names = {}, bytes = 0, most = { bytes: 0, names: {} };
function copied(name, count) {
  if (!(count >= LONG)) return;
  const { loopCount } = performance.nodeTiming.uvMetricsInfo;
  if (loopCount !== round) { round = loopCount; names = {}; bytes = 0; }
  names[name] = (names[name] ?? 0) + count;
  bytes += count;
  if (bytes > most.bytes) most = { bytes, names: { ...names } };
}
function counted(owner, name, countOf) {
  const before = owner[name];
  owner[name] = function (...given) {
    const result = before.apply(this, given);
    copied(name, countOf(result, given, this));
    return result;
  };
}
for (const name of ['latin1Slice', 'utf8Slice', 'asciiSlice']) counted(Buffer.prototype, name, (text) => text.length);
for (const name of ['latin1Write', 'utf8Write', 'asciiWrite', 'copy']) counted(Buffer.prototype, name, (count) => count);
counted(Object.getPrototypeOf(Uint8Array.prototype), 'set', (_, [from]) => from.length);
counted(Buffer, 'concat', (joined) => joined.length);
counted(Buffer, 'from', (made, [from]) => (typeof from === 'string' || ArrayBuffer.isView(from) ? made.length : 0));
const ofOperations = (operations) => operations.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
counted(binding, 'batch_put', (_, [, , value]) => 2 * value.length);
counted(binding, 'batch_do', (_, [, operations]) => 2 * ofOperations(operations));
const file = ${JSON.stringify(directory)} + '/' + process.pid;
process.on('SIGUSR2', () => {
  writeFileSync(file + '.new', JSON.stringify(most));
  most = { bytes: 0, names: {} };
  renameSync(file + '.new', file + '.json');
});
`;

export interface Copied {
  readonly bytes: number;
  /** By what. */
  readonly names: Readonly<Record<string, number>>;
}

export class CopyMeter {
  readonly hook: string;

  constructor(private readonly directory: string) {
    this.hook = join(directory, 'copies.js');
    writeFileSync(this.hook, HOOK(directory));
  }

  /** The most in one turn since the last call. */
  async take(pid: number): Promise<Copied> {
    const file = join(this.directory, `${pid}.json`);
    rmSync(file, { force: true });
    process.kill(pid, 'SIGUSR2');
    return until('the copies are told', 60_000, () =>
      Promise.resolve(existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Copied) : undefined),
    );
  }
}
