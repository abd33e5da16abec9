import { crc32 } from 'node:zlib';
import { SnapshotDamage } from './damage';
import { GatheredBytes } from './gatheredBytes';
import { decodeLogHeader, decodeLogMark, type LogHeader, type LogMark } from './logHeader';
import {
  isLogRecordKind,
  LOG_BODY_BYTES_MAX,
  LOG_HEAD_BYTES,
  LOG_MAGIC,
  LOG_PREAMBLE_BYTES,
  LOG_VERSION,
  LogRecordKind,
  readLogRecordHead,
  type LogRecordHead,
} from './logRecords';

/** Told what is in the log, in its order, with where in it each record begins. What these throw comes out of `push`. */
export interface LogListener {
  readonly header: (header: LogHeader, at: number) => void;
  /** An entry as it is stored. The bytes may be kept. */
  readonly entry: (stored: Buffer, at: number) => void;
  readonly mark: (mark: LogMark, at: number) => void;
}

/** What was being written when nobody wrote on: it is none of the log. */
export interface TornTail {
  /** Where the last whole record ends. */
  readonly at: number;
  readonly bytes: number;
}

/**
 * Looks at every byte of a log as it comes, and trusts none. Never holds more than one record: a length that no sound log has is refused
 * before anything is kept for it.
 */
export class LogReader {
  /** Fewer than `wanted`. */
  private readonly held = new GatheredBytes();
  private wanted = LOG_PREAMBLE_BYTES;
  /** Where the record begins that is waited for, and where the bytes do. */
  private recordAt = 0;
  private at = 0;
  private state: 'preamble' | 'head' | 'body' = 'preamble';
  private head: (LogRecordHead & { readonly kind: LogRecordKind }) | undefined;
  private hasHeader = false;
  /** A head of nothing but zeros: a crash of the machine can leave such an end, where bytes were promised and never written. */
  private zeros = false;

  constructor(private readonly listener: LogListener) {}

  /** Up to here all records are whole. */
  get wholeBytes(): number {
    return this.recordAt;
  }

  /** The next bytes. @throws SnapshotDamage, after which nothing may be pushed any more */
  push(piece: Uint8Array): void {
    let rest = piece;
    while (rest.length > 0) {
      if (this.zeros) {
        this.takeZeros(rest);
        return;
      }
      rest = this.held.fill(rest, this.wanted);
      if (this.held.length === this.wanted) this.take();
    }
  }

  /** Nothing more comes. Undefined: the last record is whole. A log without a header has no whole record. */
  finish(): TornTail | undefined {
    const end = this.at + this.held.length;
    return end === this.recordAt && this.hasHeader ? undefined : { at: this.recordAt, bytes: end - this.recordAt };
  }

  private take(): void {
    const bytes = this.held.take();
    this.at += bytes.length;
    switch (this.state) {
      case 'preamble':
        this.takePreamble(bytes);
        return;
      case 'head':
        this.takeHead(bytes);
        return;
      case 'body':
        this.takeBody(bytes);
    }
  }

  private takePreamble(bytes: Buffer): void {
    const wrong = LOG_MAGIC.findIndex((byte, at) => bytes[at] !== byte);
    if (wrong >= 0 && bytes.every((byte) => byte === 0)) {
      this.zeros = true;
      return;
    }
    if (wrong >= 0) throw new SnapshotDamage(wrong, 'this is no log of Cairn, or its first bytes are damaged');
    const version = bytes.readUInt16BE(LOG_MAGIC.length);
    if (version !== LOG_VERSION) {
      const what = `the log has version ${version}, this program knows ${LOG_VERSION}: use the newer program, or it is damaged`;
      throw new SnapshotDamage(LOG_MAGIC.length, what);
    }
    this.expect('head', LOG_HEAD_BYTES);
  }

  private takeHead(bytes: Buffer): void {
    if (bytes.every((byte) => byte === 0)) {
      this.zeros = true;
      return;
    }
    const head = readLogRecordHead(bytes);
    const { kind, bodyBytes, isSound } = head;
    const at = this.at - bytes.length;
    if (!isSound) throw new SnapshotDamage(at, 'the head of a record has a wrong checksum');
    if (!isLogRecordKind(kind)) throw new SnapshotDamage(at + 4, `there is no record of kind ${kind}`);
    if ((kind === LogRecordKind.header) === this.hasHeader) {
      throw new SnapshotDamage(at + 4, `${NAMES[kind]} is not where it belongs`);
    }
    const max = LOG_BODY_BYTES_MAX[kind];
    if (bodyBytes === 0 || bodyBytes > max) {
      throw new SnapshotDamage(at, `${NAMES[kind]} of ${bodyBytes} bytes, where 1 to ${max} are possible`);
    }
    this.head = { ...head, kind };
    this.state = 'body';
    this.wanted = bodyBytes;
  }

  private takeBody(body: Buffer): void {
    const { head, recordAt } = this;
    if (head === undefined) throw new Error('a body without a head');
    // The first record is told from the beginning of the file on, of which it is no use to have a part.
    const headAt = this.at - body.length - LOG_HEAD_BYTES;
    if (crc32(body) !== head.bodyChecksum) {
      throw new SnapshotDamage(headAt, `${NAMES[head.kind]} has a wrong checksum (bytes ${headAt} to ${this.at - 1})`);
    }
    switch (head.kind) {
      case LogRecordKind.header: {
        const header = decodeLogHeader(body);
        if (header === undefined) throw new SnapshotDamage(headAt, 'the header does not say what a header says');
        this.hasHeader = true;
        this.listener.header(header, recordAt);
        break;
      }
      case LogRecordKind.entry:
        this.listener.entry(body, recordAt);
        break;
      case LogRecordKind.mark: {
        const mark = decodeLogMark(body);
        if (mark === undefined) throw new SnapshotDamage(headAt, 'a mark does not say what a mark says');
        this.listener.mark(mark, recordAt);
      }
    }
    this.recordAt = this.at;
    this.expect('head', LOG_HEAD_BYTES);
  }

  private takeZeros(rest: Uint8Array): void {
    const other = rest.findIndex((byte) => byte !== 0);
    if (other >= 0) throw new SnapshotDamage(this.recordAt, 'zeros are where a record belongs');
    this.at += rest.length;
  }

  private expect(state: 'head' | 'body', wanted: number): void {
    this.state = state;
    this.wanted = wanted;
  }
}

const NAMES: Readonly<Record<LogRecordKind, string>> = {
  [LogRecordKind.header]: 'the header',
  [LogRecordKind.entry]: 'an entry',
  [LogRecordKind.mark]: 'a mark',
};
