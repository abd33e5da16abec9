/** What was given, looked at once more: plain JavaScript has no compiler that does. None of it is shown: it may be a password. */

/** @throws TypeError */
export function refuseNoText(what: string, value: unknown): asserts value is string {
  if (typeof value !== 'string') throw new TypeError(`${what} has to be a text, and it is ${kindOf(value)}`);
}

/** @throws TypeError */
export function refuseNoObject(what: string, value: unknown): void {
  if (typeof value !== 'object' || value === null)
    throw new TypeError(`${what} has to be an object, and it is ${kindOf(value)}`);
}

export function kindOf(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  return Array.isArray(value) ? 'a list' : `of type ${typeof value}`;
}
