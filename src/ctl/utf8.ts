/** Bytes as text, where nothing may be changed on the way. */

/** What Node.js, and every member of a cluster, puts in place of bytes that are no UTF-8. */
const REPLACEMENT = '\ufffd';

/** A byte order mark is part of it like everything else. Undefined: it is no UTF-8. */
export function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Whether a text of a member may stand for bytes that it cannot say. */
export function mayBeBytes(text: string): boolean {
  return text.includes(REPLACEMENT);
}
