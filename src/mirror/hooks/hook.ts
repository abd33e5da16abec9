/** What is done after a change: a command is run, or a process gets a signal. */

export type Hook =
  | { readonly kind: 'command'; readonly words: readonly string[]; readonly timeoutMs: number }
  | { readonly kind: 'signal'; readonly signal: NodeJS.Signals; readonly pidFile: string };

/** Why it did not do what it was for; undefined: it did. */
export type HookFailure = string | undefined;

/** There is nobody to do it for: a program that begins later reads what is there, or is told as soon as it is known. */
export class NobodyThere {
  constructor(readonly reason: string) {}
}
