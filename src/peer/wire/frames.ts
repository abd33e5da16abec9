/**
 * Frames: length of the body (4), CRC-32 of all that follows it (4), version (1), type (1), body.
 *
 * Every frame has a checksum, not only those of snapshots: TCP's sixteen bits let corruption through, a changed entry would
 * be stored by each follower under a good checksum of its own, and a CRC-32 costs about 100 ns here.
 */
import { crc32 } from 'node:zlib';
import { FRAME_BYTES_MAX } from '../../platform/sizes';
import type { WireWriter } from './wireWriter';
import { WireError } from './wireError';

/** The only version this member speaks; also what `X-Cairn-Wire` says. */
export const WIRE_VERSION = 1;

export const FRAME_HEAD_BYTES = 10;

/** The largest body: one command of 32 MiB and what surrounds it fit. */
export const FRAME_BODY_BYTES_MAX = FRAME_BYTES_MAX;

export const FrameType = {
  message: 1,
  forward: 2,
  probe: 3,
  probeReply: 4,
  confirm: 5,
  confirmed: 6,
  welcome: 7,
  snapshotHeader: 16,
  snapshotChunk: 17,
  snapshotEnd: 18,
  snapshotResult: 19,
  snapshotAlive: 20,
} as const;

const CRC_OFFSET = 4;
const CHECKED_OFFSET = 8;

/** Starts a frame; the body is what is written until `finishFrame`. Returns where the frame begins. */
export function beginFrame(writer: WireWriter, type: number): number {
  const start = writer.length;
  writer.u32(0).u32(0).u8(WIRE_VERSION).u8(type);
  return start;
}

/** Fills in length and checksum. Throws RangeError, and takes the frame back, if the body is over the limit. */
export function finishFrame(writer: WireWriter, start: number): void {
  const bodyBytes = writer.length - start - FRAME_HEAD_BYTES;
  if (bodyBytes > FRAME_BODY_BYTES_MAX) {
    writer.truncate(start);
    throw new RangeError(`a frame of ${bodyBytes} bytes is over the limit of ${FRAME_BODY_BYTES_MAX}`);
  }
  writer.patchU32(start, bodyBytes);
  writer.patchU32(start + CRC_OFFSET, writer.checksumFrom(start + CHECKED_OFFSET));
}

/** Checks a whole frame and hands its body out. */
function openFrame(frame: Buffer, onFrame: (type: number, body: Buffer) => void): void {
  const version = frame[CHECKED_OFFSET] ?? 0;
  if (version !== WIRE_VERSION) {
    throw new WireError('version', `a frame of version ${version}, this member speaks ${WIRE_VERSION}`);
  }
  if (crc32(frame.subarray(CHECKED_OFFSET)) !== frame.readUInt32BE(CRC_OFFSET)) {
    throw new WireError('checksum', 'the checksum of a frame is wrong');
  }
  onFrame(frame[CHECKED_OFFSET + 1] ?? 0, frame.subarray(FRAME_HEAD_BYTES));
}

const NOTHING = Buffer.alloc(0);
const GATHER_BYTES = 64 * 1024;

/**
 * Cuts a stream into frames wherever its pieces end. A frame inside one piece is a view of it; others are gathered in a
 * buffer that grows with what really arrived, so that a length alone never makes anyone allocate.
 */
export class FrameDecoder {
  private gathered = NOTHING;
  private gatheredBytes = 0;
  private neededBytes = 0;

  /** @param bodyBytesMax longer frames are an error; the bodies are the callee's to keep */
  constructor(
    private bodyBytesMax: number,
    private readonly onFrame: (type: number, body: Buffer) => void,
  ) {}

  /** Frames that begin from now on may be so long. */
  allow(bodyBytesMax: number): void {
    this.bodyBytesMax = bodyBytesMax;
  }

  /** Bytes of an unfinished frame that are held. */
  get heldBytes(): number {
    return this.gatheredBytes;
  }

  /** The memory they are in. */
  get reservedBytes(): number {
    return this.gathered.length;
  }

  /** Takes the next piece; true if it finished a frame. Throws WireError; the decoder must not be used after that. */
  push(piece: Buffer): boolean {
    let offset = 0;
    let finished = false;
    while (offset < piece.length) {
      offset = this.gatheredBytes > 0 ? this.gather(piece, offset) : this.cut(piece, offset);
      finished ||= this.gatheredBytes === 0;
    }
    return finished;
  }

  private cut(piece: Buffer, offset: number): number {
    const available = piece.length - offset;
    const neededBytes = available < FRAME_HEAD_BYTES ? FRAME_HEAD_BYTES : this.frameBytes(piece, offset);
    if (available < neededBytes) {
      this.neededBytes = neededBytes;
      return this.gather(piece, offset);
    }
    openFrame(piece.subarray(offset, offset + neededBytes), this.onFrame);
    return offset + neededBytes;
  }

  private gather(piece: Buffer, offset: number): number {
    const size = Math.min(this.neededBytes - this.gatheredBytes, piece.length - offset);
    this.reserve(this.gatheredBytes + size);
    piece.copy(this.gathered, this.gatheredBytes, offset, offset + size);
    this.gatheredBytes += size;
    if (this.gatheredBytes === this.neededBytes) this.complete();
    return offset + size;
  }

  private complete(): void {
    this.neededBytes = this.frameBytes(this.gathered, 0);
    if (this.gatheredBytes < this.neededBytes) return;
    const frame = this.gathered.subarray(0, this.neededBytes);
    this.gathered = NOTHING;
    this.gatheredBytes = 0;
    openFrame(frame, this.onFrame);
  }

  private reserve(size: number): void {
    if (size <= this.gathered.length) return;
    const capacity = Math.min(this.neededBytes, Math.max(size, GATHER_BYTES, this.gathered.length * 2));
    const grown = Buffer.allocUnsafeSlow(capacity);
    this.gathered.copy(grown, 0, 0, this.gatheredBytes);
    this.gathered = grown;
  }

  private frameBytes(head: Buffer, offset: number): number {
    const bodyBytes = head.readUInt32BE(offset);
    if (bodyBytes <= this.bodyBytesMax) return FRAME_HEAD_BYTES + bodyBytes;
    throw new WireError('tooLong', `a frame of ${bodyBytes} bytes is over the limit of ${this.bodyBytesMax}`);
  }
}
