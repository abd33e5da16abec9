/** A probe asks for the other member's clock; its number tells replies apart. */
import { readerOf } from './wireError';
import type { WireWriter } from './wireWriter';

export interface ProbeReply {
  readonly sequence: number;
  /** The replier's clock, milliseconds since 1970. */
  readonly nowMs: number;
}

export function writeProbe(writer: WireWriter, sequence: number): void {
  writer.varint(sequence);
}

/** @throws WireError */
export function readProbe(body: Buffer): number {
  const reader = readerOf(body);
  const sequence = reader.varint();
  reader.finish();
  return sequence;
}

export function writeProbeReply(writer: WireWriter, { sequence, nowMs }: ProbeReply): void {
  writer.varint(sequence).f64(nowMs);
}

/** @throws WireError */
export function readProbeReply(body: Buffer): ProbeReply {
  const reader = readerOf(body);
  const sequence = reader.varint();
  const nowMs = reader.f64();
  reader.finish();
  return { sequence, nowMs };
}
