/** Backups as a follower makes them, of a cluster that is only a state machine and a log. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from '../../../src/machine/command';
import { encodeBatch } from '../../../src/machine/commandCodec';
import { Machine } from '../../../src/machine/machine';
import type { Entry } from '../../../src/raft/types';
import { fullName, logName } from '../../../src/snapshot/backup/files';
import { logBeginning, logEntry, logMark } from '../../../src/snapshot/format/logWriter';
import { encodeEntry } from '../../../src/storage/entryCodec';
import { HEADER } from '../support/sampleFile';
import { fileOfRows, NOW_MS, storedInOrder } from '../support/states';
import type { StoredRow } from '../../../src/storage/stateChunk';

export const BEGIN_INDEX = 10;
const FOUNDERS = ['1', '2', '3'].map((id) => ({ id, peerURLs: [`http://10.0.0.${id}:2380`] }));

/** A state machine with the log that led to it, and its rows as they would be stored. */
export class LoggedCluster {
  readonly machine = founded();
  readonly entries: Entry[] = [];
  index = BEGIN_INDEX;
  term = 2;
  private readonly rows = new Map<string, StoredRow>();

  constructor() {
    this.store();
  }

  /** Some commands in one entry. */
  carryOut(commands: readonly Command[]): void {
    const data = encodeBatch({ origin: '1', run: 1, sequence: this.index, commands });
    this.machine.apply(data);
    this.append({ kind: 'command', index: this.index + 1, term: this.term, data });
    this.store();
  }

  /** What a new leader appends. */
  elect(): void {
    this.term += 1;
    this.append({ kind: 'noop', index: this.index + 1, term: this.term });
  }

  /** A snapshot as it is now. */
  full(takenAtMs: number): Buffer {
    const rows = storedInOrder([...this.rows.values()]);
    return fileOfRows(rows, 5, { ...HEADER, index: this.index, term: this.term, takenAtMs });
  }

  private append(entry: Entry): void {
    this.entries.push(entry);
    this.index = entry.index;
  }

  private store(): void {
    for (const { table, key, value } of this.machine.takeRows()) {
      if (value === undefined) this.rows.delete(table + key);
      else this.rows.set(table + key, { table, key, value: String(value) });
    }
  }
}

/** The state before the first entry. */
export function founded(): Machine {
  const machine = new Machine({ events: 1000, bytesMax: 1 << 20 });
  machine.bootstrap(FOUNDERS);
  return machine;
}

/** A log with these entries. @param marks with dates, by the index of the entry after which they stand */
export function logOf(
  entries: readonly Entry[],
  header: { readonly after: number; readonly term: number; readonly clusterId?: string },
  marks: ReadonlyMap<number, { readonly etcdIndex: number; readonly dateMs: number }> = new Map(),
): Buffer {
  const pieces = [...logBeginning({ clusterId: HEADER.clusterId, ...header })];
  const markAfter = (index: number, term: number): void => {
    const mark = marks.get(index);
    if (mark !== undefined) pieces.push(...logMark({ index, term, memberId: '1f', ...mark }));
  };
  markAfter(header.after, header.term);
  for (const entry of entries) {
    const stored = encodeEntry(entry);
    pieces.push(...logEntry(Buffer.isBuffer(stored) ? stored : stored.bytes()));
    markAfter(entry.index, entry.term);
  }
  return Buffer.concat(pieces);
}

/** A directory that goes away with the test. */
export function backupDirectory(): { readonly path: () => string } {
  let path: string;
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'cairn-backup-'));
  });
  afterEach(() => {
    rmSync(path, { recursive: true, force: true });
  });
  return { path: () => path };
}

export function clear(directory: string): void {
  for (const name of readdirSync(directory)) rmSync(join(directory, name), { recursive: true });
}

export function putFull(directory: string, index: number, bytes: Buffer): void {
  writeFileSync(join(directory, fullName(index)), bytes);
}

export function putLog(directory: string, after: number, bytes: Buffer, run = '00000000'): string {
  const name = logName(after, run);
  writeFileSync(join(directory, name), bytes);
  return name;
}

export { NOW_MS };
