/** By these nothing may change: a browser sends them for any image, frame or link. */
const SAFE: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether a request of this method only reads (RFC 9110 section 9.2.1). */
export function isSafe(method: string | undefined): boolean {
  return SAFE.has(method);
}
