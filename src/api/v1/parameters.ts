/** The parameters of the v1 API. */
import { indexOf, parseGoInteger, parseUint64 } from '../http/goInteger';

/** What a set may be asked with, and what a watch. */
export const SET_NAMES: ReadonlySet<string> = new Set(['value', 'prevValue', 'ttl']);
export const WATCH_NAMES: ReadonlySet<string> = new Set(['index']);

/** Seconds, which may be negative. Undefined: it is no number of 64 bits. */
export function parseTtl(text: string): number | undefined {
  const read = parseGoInteger(text);
  return read.ok ? Number(read.value) : undefined;
}

/** Undefined: it is no number that an index could be. */
export function parseIndex(text: string): number | undefined {
  const value = parseUint64(text);
  return value === undefined ? undefined : indexOf(value);
}
