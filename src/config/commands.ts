/** What `cairn` can do besides running a member: `cairn NAME ...`. One sentence each, for --help and docs/configuration.md. */
export const commandWords = {
  healthcheck:
    'Ask the member on this machine whether it may be sent requests; exits with 0 or 1. For the HEALTHCHECK of a container.',
} as const satisfies Record<string, string>;

export type CommandWord = keyof typeof commandWords;

export function isCommandWord(word: string): word is CommandWord {
  return Object.hasOwn(commandWords, word);
}
