/** What `cairn` can do besides running a member: `cairn NAME ...`. One sentence each, for --help and docs/configuration.md. */
export const commandWords = {
  healthcheck:
    'Ask the member on this machine whether it may be sent requests; exits with 0 or 1. For the HEALTHCHECK of a container.',
  discovery:
    'Run a discovery service and nothing else: members of new clusters find each other through it. Takes the options of ' +
    'a member; its defaults are http://localhost:8087 for clients, the name discovery, and any free peer port.',
  retire:
    'Remove members from a cluster before their pods go: those named --name-prefix and an ordinal of --keep or more, one by ' +
    'one, never the last quorum.',
  check:
    'Put, get, watch and delete a key, list the members and read the metrics of the cluster behind --url; --members says how ' +
    'many there have to be.',
  prestop:
    'Have the member behind --url hand leadership over and send its clients elsewhere, and wait --seconds before SIGTERM ends ' +
    'it. For the preStop hook of a pod.',
  'clear-removed':
    'Move --data-dir aside if it is of a member that the cluster has removed and no longer lists, so that the next start joins ' +
    'as a new one. For the init container of a pod.',
} as const satisfies Record<string, string>;

export type CommandWord = keyof typeof commandWords;

export function isCommandWord(word: string): word is CommandWord {
  return Object.hasOwn(commandWords, word);
}
