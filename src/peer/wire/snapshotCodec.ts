/**
 * The frames of a snapshot stream. Sender: header, chunks, end, with `alive` in between when it has nothing to send.
 * Receiver: `alive` while it works, then one result.
 */
import { readerOf } from './wireError';
import type { LogStart } from '../../raft/types';
import { WireWriter } from './wireWriter';
import { readConfiguration, writeConfiguration } from './entryCodec';
import { beginFrame, finishFrame, FrameType } from './frames';

/** What the sender sent, so that the receiver knows that it has it all. */
export interface SnapshotTotals {
  readonly chunks: number;
  readonly bytes: number;
  /** CRC-32 over the bytes of all chunks in order. */
  readonly checksum: number;
}

export type SnapshotResult = { readonly ok: true } | { readonly ok: false; readonly reason: string };

const REASON_LENGTH_MAX = 1000;

/** The state machine that follows holds everything up to `start.index`. */
export function snapshotHeaderFrame(start: LogStart): Buffer {
  return frameOf(FrameType.snapshotHeader, (writer) => {
    writer.varint(start.index).varint(start.term);
    writeConfiguration(writer, start.configuration);
  });
}

/** @throws WireError */
export function readSnapshotHeader(body: Buffer): LogStart {
  const reader = readerOf(body);
  const index = reader.varint();
  const term = reader.varint();
  const configuration = readConfiguration(reader);
  reader.finish();
  return { index, term, configuration };
}

/** Throws RangeError if the chunk is over the frame limit. */
export function snapshotChunkFrame(chunk: Uint8Array): Buffer {
  return frameOf(FrameType.snapshotChunk, (writer) => writer.raw(chunk));
}

export function snapshotEndFrame({ chunks, bytes, checksum }: SnapshotTotals): Buffer {
  return frameOf(FrameType.snapshotEnd, (writer) => writer.varint(chunks).varint(bytes).u32(checksum));
}

/** @throws WireError */
export function readSnapshotEnd(body: Buffer): SnapshotTotals {
  const reader = readerOf(body);
  const totals = { chunks: reader.varint(), bytes: reader.varint(), checksum: reader.u32() };
  reader.finish();
  return totals;
}

export function snapshotResultFrame(result: SnapshotResult): Buffer {
  const reason = result.ok ? '' : result.reason.slice(0, REASON_LENGTH_MAX);
  return frameOf(FrameType.snapshotResult, (writer) => writer.u8(result.ok ? 1 : 0).text(reason));
}

/** @throws WireError */
export function readSnapshotResult(body: Buffer): SnapshotResult {
  const reader = readerOf(body);
  const ok = reader.u8() === 1;
  const reason = reader.text();
  reader.finish();
  return ok ? { ok } : { ok, reason };
}

export function snapshotAliveFrame(): Buffer {
  return frameOf(FrameType.snapshotAlive, () => undefined);
}

const shared = new WireWriter();

function frameOf(type: number, writeBody: (writer: WireWriter) => unknown): Buffer {
  const start = beginFrame(shared, type);
  try {
    writeBody(shared);
    finishFrame(shared, start);
  } catch (error) {
    shared.truncate(start);
    throw error;
  }
  return shared.take();
}
