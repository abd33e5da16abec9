/**
 * How a stream is confirmed. The acceptor asks, on the stream that it dialed itself, whether a nonce is of a stream that the
 * other member opened to it (`confirm`), and is told (`confirmed`); then it says so on the accepted stream (`welcome`).
 */
import type { WireWriter } from './wireWriter';
import { readerOf, WireError } from './wireError';

/** The body of the longest frame about confirmations. */
export const CONFIRM_BYTES_MAX = 64;

export interface Confirmed {
  readonly nonce: string;
  /** The member that was asked opened the stream. */
  readonly isOurs: boolean;
}

const NONCE = /^[0-9a-f]{32}$/;

/** Whether a text is a nonce as `PeerContext.nonce` makes them. */
export function isNonce(text: string): boolean {
  return NONCE.test(text);
}

export function writeConfirm(writer: WireWriter, nonce: string): void {
  writer.text(nonce);
}

/** @throws WireError */
export function readConfirm(body: Buffer): string {
  const reader = readerOf(body);
  const nonce = reader.text();
  reader.finish();
  if (!isNonce(nonce)) throw new WireError('malformed', 'a question about a stream without its nonce');
  return nonce;
}

export function writeConfirmed(writer: WireWriter, { nonce, isOurs }: Confirmed): void {
  writer.u8(isOurs ? 1 : 0).text(nonce);
}

/** @throws WireError */
export function readConfirmed(body: Buffer): Confirmed {
  const reader = readerOf(body);
  const isOurs = reader.u8() === 1;
  const nonce = reader.text();
  reader.finish();
  return { nonce, isOurs };
}
