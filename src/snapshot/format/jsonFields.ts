/** What records say of themselves is JSON, of which nothing is believed before it was looked at. */

const DATE_MAX_MS = 8.64e15;
const ID = /^(?:0|[1-9a-f][0-9a-f]{0,15})$/;

/** Undefined for what is no JSON. */
export function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString());
  } catch {
    return undefined;
  }
}

export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
}

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** Milliseconds since 1970 that a date can have (ECMA-262, time values). */
export function isDateMs(value: unknown): value is number {
  return isCount(value) && value <= DATE_MAX_MS;
}

/** 64 bits as unpadded lower-case hexadecimal. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value);
}
