/** What a member has on its disk after a day: each kind of row, log record and entry, made by the code that makes them. */
import { encodeBatch } from '../../src/machine/commandCodec';
import type { Command } from '../../src/machine/command';
import { Machine } from '../../src/machine/machine';
import type { RowTable } from '../../src/machine/rows';
import { encodeEntry } from '../../src/storage/entryCodec';
import { batchPayload, LogFileBytes } from '../storage/support/logFile';

export const MEMBER = 'ce2a822cea30bfca';
const NOW_MS = 1_700_000_000_000;
const HASH = `$2a$10$${'a'.repeat(53)}`;

const key = { nowMs: NOW_MS, dir: false, value: 'v', expirationMs: undefined } as const;

const COMMANDS: readonly Command[] = [
  { type: 'publish', memberId: MEMBER, name: 'a', clientURLs: ['http://a:1'], version: '2.3.8', level: 2 },
  { ...key, type: 'set', path: '/a', refresh: false },
  { ...key, type: 'set', path: '/a', value: 'other', refresh: false },
  { ...key, type: 'set', path: '/t', expirationMs: NOW_MS + 60_000, refresh: false },
  { ...key, type: 'set', path: '/d', dir: true, value: '', refresh: false },
  { ...key, type: 'create', path: '/d/q', inOrder: true },
  { ...key, type: 'create', path: '/d/_hidden', value: '\0\xff\n', inOrder: false },
  { type: 'delete', path: '/a', nowMs: NOW_MS + 1, dir: false, recursive: false },
  { type: 'sync', nowMs: NOW_MS + 2, expireMax: 10 },
  { type: 'checkpoint', checkpoint: 7 },
  { type: 'report', memberId: MEMBER, checkpoint: 7, digest: 'digest' },
  { type: 'auth', change: { type: 'createUser', user: 'root', passwordHash: HASH, roles: null } },
  { type: 'auth', change: { type: 'createRole', role: 'r', permissions: { read: ['/a/*'], write: null } } },
  { type: 'auth', change: { type: 'createUser', user: 'ann', passwordHash: HASH, roles: ['r', 'guest'] } },
  { type: 'auth', change: { type: 'enable' } },
];

function batchOf(commands: readonly Command[], sequence: number): Buffer {
  return Buffer.from(encodeBatch({ origin: MEMBER, run: 1, sequence, commands: [...commands] }));
}

/** A stored row, as byte strings. */
export interface PlainRow {
  readonly table: RowTable;
  readonly key: string;
  readonly value: string;
}

/** The rows of a state with all of it. */
export function realRows(): readonly PlainRow[] {
  const machine = new Machine(100);
  machine.bootstrap([{ id: MEMBER, peerURLs: ['http://a:2380', 'https://[::1]:2380'] }]);
  COMMANDS.forEach((command, at) => {
    const { fault } = machine.apply(batchOf([command], at + 1));
    if (fault !== undefined) throw new Error(`${command.type}: ${fault}`);
  });
  return machine.takeRows().flatMap(({ table, key: name, value }) => {
    return value === undefined ? [] : [{ table, key: name, value: String(value) }];
  });
}

/** Batches of commands: one of each kind, and one with all. */
export function realBatches(): readonly Buffer[] {
  return [batchOf(COMMANDS, 1), ...COMMANDS.map((command, at) => batchOf([command], at + 2))];
}

/** Entries of the log as they are stored. */
export function realEntries(): readonly Buffer[] {
  return [
    encodeEntry({ kind: 'command', index: 1, term: 2, data: batchOf(COMMANDS, 1) }),
    encodeEntry({ kind: 'noop', index: 1, term: 2 }),
    encodeEntry({
      ...{ kind: 'configuration', index: 1, term: 2, data: Buffer.from('x') },
      configuration: { voters: [MEMBER, '1f'], learners: ['2'] },
    }),
  ].map((entry) => Buffer.from(entry as Uint8Array));
}

/** A log file of the engine: short records, one over two blocks, deletions, an end that was torn off. */
export function realLog(): Buffer {
  const put = (name: string, value: Buffer) => ({ type: 'put' as const, key: Buffer.from(name), value });
  const file = new LogFileBytes();
  realEntries().forEach((entry, at) => file.add(batchPayload(at + 1, [put(`e${at}`, entry)])));
  file.add(batchPayload(9, [put('a', Buffer.alloc(0)), { type: 'del', key: Buffer.from('e0') }]));
  file.add(batchPayload(11, [put('long', Buffer.alloc(40_000, 'x'))]));
  return file.add(batchPayload(12, [put('z', Buffer.from('last'))])).bytes;
}
