import type { SnapshotHeader } from '../../../src/snapshot/format/fileHeader';
import { SnapshotFileReader } from '../../../src/snapshot/format/fileReader';
import { SnapshotFileWriter } from '../../../src/snapshot/format/fileWriter';
import { SnapshotDamage } from '../../../src/snapshot/format/damage';

export const HEADER: SnapshotHeader = {
  clusterId: '6c3e73ee238ab33f',
  memberId: 'c9f751f0b0b4fa5a',
  memberName: 'zoë',
  index: 20,
  term: 2,
  takenAtMs: Date.parse('2026-03-04T05:06:07.000Z'),
  voters: ['1f', 'c9f751f0b0b4fa5a'],
  learners: ['0'],
  members: [{ id: '1f', name: 'a', peerURLs: ['http://10.0.0.2:2380'], clientURLs: [] }],
  keysAbout: 3,
  isLinearizable: true,
};

/** A whole file with these parts of a state. */
export function fileOf(chunks: readonly Uint8Array[], header = HEADER): Buffer {
  const file = new SnapshotFileWriter();
  const pieces = [...file.begin(header), ...chunks.flatMap((chunk) => [...file.chunk(chunk)])];
  return Buffer.concat([...pieces, ...file.end({ rows: chunks.length, keys: 1 })]);
}

export interface Found {
  readonly header: SnapshotHeader;
  readonly chunks: readonly Buffer[];
}

/** What a reader finds that is given the file in pieces of so many bytes. */
export function readIn(pieceBytes: number, file: Buffer): Found {
  const chunks: Buffer[] = [];
  const reader = new SnapshotFileReader({ chunk: (body) => chunks.push(body) });
  for (let at = 0; at < file.length; at += pieceBytes) reader.push(file.subarray(at, at + pieceBytes));
  return { header: reader.finish().header, chunks };
}

/** What is wrong with it. */
export function damageOf(file: Buffer): SnapshotDamage {
  try {
    readIn(file.length, file);
  } catch (error) {
    if (error instanceof SnapshotDamage) return error;
    throw error;
  }
  throw new Error('nothing was found wrong');
}
