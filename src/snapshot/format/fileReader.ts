import { createHash } from 'node:crypto';
import { SnapshotDamage } from './damage';
import { decodeHeader, decodeTotals, type SnapshotHeader, type SnapshotTotals } from './fileHeader';
import { GatheredBytes } from './gatheredBytes';
import {
  BODY_BYTES_MAX,
  FILE_VERSION,
  isRecordKind,
  MAGIC,
  PREAMBLE_BYTES,
  readRecordHead,
  recordChecksum,
  RECORD_HEAD_BYTES,
  RecordKind,
  type RecordHead,
} from './records';

/** Told what is in the file, in its order. What these throw comes out of `push`. */
export interface SnapshotParts {
  readonly header?: (header: SnapshotHeader) => void;
  /** A part of the state, and where in the file it begins. The bytes may be kept. */
  readonly chunk?: (body: Buffer, at: number) => void;
}

/**
 * Looks at every byte of a snapshot's file as it comes, and trusts none. Never holds more than one record: a length that no sound file
 * has is refused before anything is kept for it.
 */
export class SnapshotFileReader {
  private readonly hash = createHash('sha256');
  /** What was pushed and not looked at: fewer than `wanted`. */
  private readonly held = new GatheredBytes();
  private wanted = PREAMBLE_BYTES;
  /** Where in the file the bytes begin that are waited for. */
  private at = 0;
  private state: 'preamble' | 'head' | 'body' = 'preamble';
  private head: { readonly bytes: Buffer; readonly fields: RecordHead; readonly kind: RecordKind } | undefined;
  private header: SnapshotHeader | undefined;
  private totals: SnapshotTotals | undefined;
  private chunks = 0;
  private chunkBytes = 0;

  constructor(private readonly parts: SnapshotParts = {}) {}

  /** The next bytes of the file. @throws SnapshotDamage, after which nothing may be pushed any more */
  push(piece: Uint8Array): void {
    let rest = piece;
    while (rest.length > 0) {
      if (this.totals !== undefined) throw new SnapshotDamage(this.at, 'the file goes on behind its end');
      rest = this.held.fill(rest, this.wanted);
      if (this.held.length === this.wanted) this.take();
    }
  }

  /** The file is at its end. Answers what it said of itself. @throws SnapshotDamage if it is not whole */
  finish(): { readonly header: SnapshotHeader; readonly totals: SnapshotTotals; readonly bytes: number } {
    const { header, totals, at } = this;
    if (header === undefined || totals === undefined) {
      const end = at + this.held.length;
      const begun = this.state === 'body' ? at - RECORD_HEAD_BYTES : at;
      throw new SnapshotDamage(end, `the file ends here: ${this.name()}, from byte ${begun} on, is not all there`);
    }
    return { header, totals, bytes: at };
  }

  /** All that was waited for is here. */
  private take(): void {
    const bytes = this.held.take();
    switch (this.state) {
      case 'preamble':
        this.takePreamble(bytes);
        break;
      case 'head':
        this.takeHead(bytes);
        break;
      case 'body':
        this.takeBody(bytes);
    }
  }

  private takePreamble(bytes: Buffer): void {
    const wrong = MAGIC.findIndex((byte, at) => bytes[at] !== byte);
    if (wrong >= 0) {
      throw new SnapshotDamage(wrong, 'this is no snapshot of Cairn, or its first bytes are damaged');
    }
    const version = bytes.readUInt16BE(MAGIC.length);
    if (version !== FILE_VERSION) {
      const what = `the file has version ${version}, this program knows ${FILE_VERSION}: use the newer program, or it is damaged`;
      throw new SnapshotDamage(MAGIC.length, what);
    }
    this.hash.update(bytes);
    this.expect('head', RECORD_HEAD_BYTES, bytes.length);
  }

  private takeHead(bytes: Buffer): void {
    const fields = readRecordHead(bytes);
    const { kind, bodyBytes } = fields;
    if (!isRecordKind(kind)) throw new SnapshotDamage(this.at + 4, `there is no record of kind ${kind}`);
    const isTurn = this.header === undefined ? kind === RecordKind.header : kind !== RecordKind.header;
    if (!isTurn) throw new SnapshotDamage(this.at + 4, `${NAMES[kind]} is not where it belongs`);
    const max = BODY_BYTES_MAX[kind];
    if (bodyBytes === 0 || bodyBytes > max) {
      throw new SnapshotDamage(this.at, `${NAMES[kind]} of ${bodyBytes} bytes, where 1 to ${max} are possible`);
    }
    this.head = { bytes, fields, kind };
    this.expect('body', bodyBytes, bytes.length);
  }

  private takeBody(body: Buffer): void {
    const { head } = this;
    if (head === undefined) throw new Error('a body without a head');
    const { kind } = head;
    if (recordChecksum(head.bytes, body) !== head.fields.checksum) {
      const from = this.at - RECORD_HEAD_BYTES;
      throw new SnapshotDamage(
        from,
        `${this.name()} has a wrong checksum (bytes ${from} to ${this.at + body.length - 1})`,
      );
    }
    switch (kind) {
      case RecordKind.header: {
        this.header = decodeHeader(body);
        if (this.header === undefined) throw new SnapshotDamage(this.at, 'the header does not say what a header says');
        this.parts.header?.(this.header);
        break;
      }
      case RecordKind.chunk:
        this.chunks += 1;
        this.chunkBytes += body.length;
        this.parts.chunk?.(body, this.at);
        break;
      case RecordKind.totals:
        this.totals = this.checkedTotals(body);
    }
    if (kind !== RecordKind.totals) this.hash.update(head.bytes).update(body);
    this.head = undefined;
    this.expect('head', RECORD_HEAD_BYTES, body.length);
  }

  private checkedTotals(body: Buffer): SnapshotTotals {
    const totals = decodeTotals(body);
    if (totals === undefined) throw new SnapshotDamage(this.at, 'the totals do not say what totals say');
    const { chunks, chunkBytes } = this;
    if (totals.chunks !== chunks || totals.chunkBytes !== chunkBytes) {
      const said = `${totals.chunks} parts of ${totals.chunkBytes} bytes`;
      throw new SnapshotDamage(this.at, `the totals name ${said}, but before them are ${chunks} of ${chunkBytes}`);
    }
    if (totals.sha256 !== this.hash.digest('hex')) {
      throw new SnapshotDamage(
        this.at,
        'the totals are not those of what comes before them: parts were changed, moved or lost',
      );
    }
    return totals;
  }

  private expect(state: 'head' | 'body', wanted: number, takenBytes: number): void {
    this.at += takenBytes;
    this.state = state;
    this.wanted = wanted;
  }

  /** What is being read, for messages. */
  private name(): string {
    if (this.state === 'preamble') return 'its beginning';
    if (this.head === undefined)
      return this.header === undefined ? 'the header' : `the record after part ${this.chunks}`;
    return this.head.kind === RecordKind.chunk ? `part ${this.chunks + 1} of the state` : NAMES[this.head.kind];
  }
}

const NAMES: Readonly<Record<RecordKind, string>> = {
  [RecordKind.header]: 'the header',
  [RecordKind.chunk]: 'a part of the state',
  [RecordKind.totals]: 'the record of totals',
};
