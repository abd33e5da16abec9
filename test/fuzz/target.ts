/** What is fuzzed: something that reads bytes which may come from anybody. */

export interface Target {
  readonly name: string;
  /** What it reads every day; changes begin with it. */
  readonly seeds: readonly Buffer[];
  /** May reject or throw what `expects` says, and nothing else. */
  readonly run: (bytes: Buffer) => unknown;
  readonly expects: (error: unknown) => boolean;
  /** Many milliseconds for an input: short runs try fewer. */
  readonly isSlow?: true;
}

/** Errors of these classes are an answer; any other is a fault. */
export function only(...classes: readonly (abstract new (...parts: never[]) => Error)[]): Target['expects'] {
  return (error) => classes.some((one) => error instanceof one);
}

/** It answers everything with a value. */
export const NOTHING: Target['expects'] = () => false;

export function texts(...list: readonly string[]): readonly Buffer[] {
  return list.map((text) => Buffer.from(text));
}
