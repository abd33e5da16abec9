/** Takes in a state that another member exported, beside the one that is in use, until it is whole. */
import { checksumSlices, LONG_TEXT_LENGTH, LongText, rowChecksum } from '../machine/rows';
import type { LogStart } from '../raft/types';
import { corrupt } from './errors';
import { inTurns } from './inTurns';
import { put, type Kv, type KvOperation } from './kv';
import { generationPrefix, generationRange, rowKey } from './layout';
import { loadGeneration, type RowListener } from './memberLoad';
import { encodeRowValue } from './rowCodec';
import { decodeChunk, type StoredRow } from './stateChunk';

export interface StateReceiverParts {
  readonly kv: Kv;
  /** Empty, and not the current one. */
  readonly generation: number;
  /** Makes the received generation the current one in one synced batch. */
  readonly flip: (generation: number, start: LogStart) => Promise<void>;
}

export class StateReceiver {
  readonly #prefix: string;
  #nextChunk = 0;
  #rows = 0;
  #whole = false;
  #over = false;
  #adding: Promise<void> = Promise.resolve();
  #ending: Promise<void> | undefined;

  constructor(private readonly parts: StateReceiverParts) {
    this.#prefix = generationPrefix(parts.generation);
  }

  /** Rows taken in so far. */
  get rows(): number {
    return this.#rows;
  }

  /**
   * Stores one chunk; wait for it before the next. Rejects with StorageError, of kind corrupt if the chunk is damaged or
   * not the one whose turn it is; then only `abort` is left.
   */
  async add(bytes: Uint8Array): Promise<void> {
    if (this.#over) throw new Error('this state was already finished or aborted');
    const chunk = decodeChunk(bytes);
    if (this.#whole || chunk.number !== this.#nextChunk)
      throw corrupt(`part ${this.#nextChunk} of the received state is missing`);
    this.#nextChunk += 1;
    switch (chunk.kind) {
      case 'rows': {
        this.#rows += chunk.rows.length;
        this.#adding = this.#store(chunk.rows);
        return this.#adding;
      }
      case 'end':
        if (chunk.totalRows !== this.#rows)
          throw corrupt(`${this.#rows} of ${chunk.totalRows} rows of the received state arrived`);
        this.#whole = true;
    }
  }

  /**
   * What was received, for whoever wants to look at it before it replaces what is there. Rejects with StorageError, of kind
   * corrupt if it is not whole.
   */
  async load(onRows: RowListener): Promise<void> {
    if (this.#over) throw new Error('this state was already finished or aborted');
    if (!this.#whole) throw corrupt('the received state is not whole');
    await loadGeneration(this.parts.kv, this.parts.generation, onRows);
  }

  /**
   * The received state replaces the old one, and the log starts after it; durable when this resolves. The old rows are
   * removed afterwards, in the background. Rejects with StorageError, of kind corrupt if the state is not whole.
   */
  async finish(start: LogStart): Promise<void> {
    if (this.#over) throw new Error('this state was already finished or aborted');
    if (!this.#whole) throw corrupt('the received state is not whole');
    this.#over = true;
    const flipped = this.parts.flip(this.parts.generation, start);
    this.#ending = flipped.catch(() => undefined);
    await flipped;
  }

  /** Drops what was received. Idempotent; after `finish` it only waits until that is done, however it ends. */
  abort(): Promise<void> {
    this.#over = true;
    this.#ending ??= this.#drop();
    return this.#ending;
  }

  async #store(rows: readonly StoredRow[]): Promise<void> {
    const operations: KvOperation[] = [];
    for (const { table, key, value } of rows) {
      const stored = rowKey(this.#prefix, table, key);
      if (value.length < LONG_TEXT_LENGTH) {
        operations.push(put(stored, encodeRowValue(value, rowChecksum(table, key, value))));
      } else {
        const text = new LongText([value]);
        operations.push(put(stored, encodeRowValue(text, await inTurns(checksumSlices(table, key, text)))));
      }
    }
    await this.parts.kv.batch(operations, { sync: false });
  }

  async #drop(): Promise<void> {
    await this.#adding;
    await this.parts.kv.clear(generationRange(this.parts.generation));
  }
}
