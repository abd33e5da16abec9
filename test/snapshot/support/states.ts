/** Whole states as files, made by a state machine as a member has one. */
import { Machine } from '../../../src/machine/machine';
import type { KeyCommand } from '../../../src/machine/command';
import type { Row } from '../../../src/machine/rows';
import { letterOfTable } from '../../../src/storage/layout';
import { encodeEndChunk, encodeRowsChunk, type StoredRow } from '../../../src/storage/stateChunk';
import type { SnapshotHeader } from '../../../src/snapshot/format/fileHeader';
import { SnapshotFileWriter } from '../../../src/snapshot/format/fileWriter';
import { HEADER } from './sampleFile';

export const NOW_MS = HEADER.takenAtMs;

/** A machine of three members that carried these out. */
export function machineAfter(commands: readonly KeyCommand[]): Machine {
  const machine = new Machine(100);
  machine.bootstrap(['1', '2', '3'].map((id) => ({ id, peerURLs: [`http://10.0.0.${id}:2380`] })));
  for (const command of commands) machine.keySpace.apply(command);
  return machine;
}

export function set(path: string, value: string, expirationMs?: number): KeyCommand {
  return { type: 'set', path, value, dir: false, expirationMs, refresh: false, nowMs: NOW_MS } as unknown as KeyCommand;
}

/** All rows of a machine of which none was taken yet, in the order in which they are stored. */
export function rowsOf(machine: Machine): StoredRow[] {
  return storedInOrder(machine.takeRows());
}

export function storedInOrder(rows: readonly Row[]): StoredRow[] {
  const place = ({ table, key }: StoredRow): string => letterOfTable(table) + key;
  return rows
    .flatMap(({ table, key, value }) => (value === undefined ? [] : [{ table, key, value: String(value) }]))
    .sort((a, b) => (place(a) < place(b) ? -1 : 1));
}

/** The file of a state. @param rowsAPart how many rows are in one part */
export function fileOfRows(rows: readonly StoredRow[], rowsAPart = 3, header: SnapshotHeader = HEADER): Buffer {
  const file = new SnapshotFileWriter();
  const pieces = [...file.begin(header)];
  let number = 0;
  for (let at = 0; at < rows.length; at += rowsAPart) {
    pieces.push(...file.chunk(encodeRowsChunk(number++, rows.slice(at, at + rowsAPart))));
  }
  pieces.push(...file.chunk(encodeEndChunk(number, rows.length)));
  const keys = rows.filter(({ table }) => table === 'node').length;
  return Buffer.concat([...pieces, ...file.end({ rows: rows.length, keys })]);
}
