/** The state of a member as it was at one moment, in chunks for a slow or new follower (design section 2). */
import type { LogStart } from '../raft/types';
import { corrupt } from './errors';
import { inTurns } from './inTurns';
import type { Kv, KvTextPair } from './kv';
import { generationRange, rowKeyOf, tableOfStateKey } from './layout';
import { decodeApplied } from './recordCodec';
import { CHECKSUM_CHARACTERS, checkingRowValue, checkRowValue } from './rowCodec';
import { ChunkPacker, type StoredRow } from './stateChunk';

export interface ExportedState {
  /** Up to where the rows are: what the receiver's log will start after. */
  readonly start: LogStart;
  /** Encoded by stateChunk.ts; to be read once. Rejects with StorageError. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** What the chunks that were read so far hold. */
  readonly counted: { readonly rows: number; readonly nodes: number };
  /** Releases the view; needed only if `chunks` was not read to its end. Idempotent. */
  close(): Promise<void>;
}

/** Longer ones are checked and packed with others' turns in between. */
const LONG_ROW_LENGTH = 256 * 1024;

/** A consistent view of everything in `generation`. Rejects with StorageError. */
export async function exportState(kv: Kv, generation: number): Promise<ExportedState> {
  const pages = kv.scanText(generationRange(generation))[Symbol.asyncIterator]();
  const release = async (): Promise<void> => {
    await pages.return?.();
  };
  const first = await pages.next();
  const [head, ...rest] = first.done === true ? [] : first.value;
  if (head === undefined || tableOfStateKey(head[0]) !== undefined) {
    await release();
    throw corrupt('the applied record is missing');
  }
  const counted = { rows: 0, nodes: 0 };
  return { start: decodeApplied(head[1]), chunks: chunksOf(rest, pages, counted), counted, close: release };
}

async function* chunksOf(
  begun: readonly KvTextPair[],
  pages: AsyncIterator<readonly KvTextPair[]>,
  counted: { rows: number; nodes: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  const packer = new ChunkPacker();
  try {
    for (let page: readonly KvTextPair[] | undefined = begun; page !== undefined; page = await nextOf(pages)) {
      for (const pair of page) {
        const row = rowOf(pair);
        counted.rows += 1;
        if (row.table === 'node') counted.nodes += 1;
        const chunk =
          pair[1].length < LONG_ROW_LENGTH ? shortRow(packer, row, pair[1]) : await longRow(packer, row, pair[1]);
        if (chunk !== undefined) yield chunk;
      }
    }
    yield* packer.finish();
  } finally {
    await pages.return?.();
  }
}

async function nextOf(pages: AsyncIterator<readonly KvTextPair[]>): Promise<readonly KvTextPair[] | undefined> {
  const step = await pages.next();
  return step.done === true ? undefined : step.value;
}

function rowOf([storedKey, stored]: KvTextPair): StoredRow {
  const table = tableOfStateKey(storedKey);
  if (table === undefined) throw corrupt('there is a second applied record');
  return { table, key: rowKeyOf(storedKey), value: stored.slice(CHECKSUM_CHARACTERS) };
}

function shortRow(packer: ChunkPacker, row: StoredRow, stored: string): Buffer | undefined {
  checkRowValue(row.table, row.key, stored);
  return packer.add(row);
}

/** A slice in a turn: it may be the value of a key twice, of the longest there are. */
async function longRow(packer: ChunkPacker, row: StoredRow, stored: string): Promise<Buffer | undefined> {
  await inTurns(checkingRowValue(row.table, row.key, stored));
  return inTurns(packer.adding(row));
}
