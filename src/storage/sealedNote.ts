/** A small note of a data directory: JSON in an envelope (seal.ts) under a key of one letter, which is also its kind. */
import type { Kv } from './kv';
import { seal, SEAL_BYTES, unseal } from './seal';

export interface NoteFormat<Note> {
  /** Such as "the note of the founders". */
  readonly what: string;
  /** What JSON is made of. */
  encode(note: Note): unknown;
  /** Throws StorageError of kind corrupt if it is none. */
  decode(parsed: unknown): Note;
}

/** Everything rejects with StorageError. */
export class SealedNote<Note> {
  private readonly kind: string;

  constructor(
    private readonly kv: Pick<Kv, 'get' | 'batch'>,
    private readonly key: Uint8Array,
    private readonly format: NoteFormat<Note>,
  ) {
    this.kind = Buffer.from(key).toString('latin1');
  }

  /** Undefined if there is none. */
  async read(): Promise<Note | undefined> {
    const bytes = await this.kv.get(this.key);
    if (bytes === undefined) return undefined;
    const body = unseal(this.kind, bytes, this.format.what);
    return this.format.decode(JSON.parse(Buffer.from(body).toString('utf8')));
  }

  /** Durable when it resolves. */
  async write(note: Note): Promise<void> {
    const body = Buffer.from(JSON.stringify(this.format.encode(note)), 'utf8');
    const value = seal(this.kind, Buffer.concat([Buffer.alloc(SEAL_BYTES), body]));
    await this.kv.batch([{ type: 'put', key: this.key, value }], { sync: true });
  }

  /** Durable when it resolves. */
  async remove(): Promise<void> {
    await this.kv.batch([{ type: 'del', key: this.key }], { sync: true });
  }
}
