/**
 * Where Cairn answers differently from etcd 3.4 on purpose. The ids are the ones of docs/divergence.md; a story step or a
 * rule of the differential test that accepts a difference names one of them.
 */
export const DIVERGENCES = {
  'root-key': 'the root directory has "key":"/"',
  'path-cleaning': 'a path with //, /./ or /../ is cleaned and served, not redirected with 301',
  'stream-replay': 'a stream with a past waitIndex replays all of the history and goes on; each event comes once',
  'history-prefix':
    'the history scan takes a deleted directory as the parent of its children only, not of every longer name',
  'expire-dir': 'the expire event of a directory has no "dir":true in its node',
  multipart: 'multipart/form-data bodies are read like urlencoded ones',
  'bool-case': 'true and false are understood in any letter case',
  'ttl-overflow': 'a ttl beyond what nanoseconds in 64 bits can hold means "never"',
  'event-ordering': 'listings without sorted=true come in a fixed order',
  'cors-default': 'no CORS headers unless they are asked for',
  'cross-site': 'pages of other web sites do not write',
  'host-names': 'names of the Host header are looked at on loopback addresses',
  'http-parser': "the HTTP parser is Node's: malformed messages get its 400 and its limits",
  'connection-sorter':
    'etcd tells HTTP from gRPC by the first line and drops, without a word, what is neither or longer than 4096 bytes',
  'key-depth': 'a key has at most 256 levels',
  'key-length': 'a new key has at most 8,192 bytes',
  'no-space': 'a write that would make the store larger than its quota is refused with 507',
  'body-budget': 'bodies beyond a budget for all of them together are refused with 503',
  'history-bytes': 'the history of events is bounded in bytes too',
  'auth-names':
    'no user or role has an empty name or a control character in it, no pattern is empty; a name with "_" in front is listed',
  'auth-errors':
    'an empty user name is refused, where etcd breaks the connection off; a query that is of no use is ignored',
  'auth-paths':
    'rights are asked for the key itself: a slash at the end is no way to write a directory that one may not',
  'auth-guest-recursive': 'guests too need a pattern with "*" for what is below a key',
  'auth-write-only': 'who may write but not read is not told what was there before',
  'auth-guesses': 'who guesses passwords has to wait',
  'auth-leftovers': 'a grant or revoke in the body that makes a role is not kept with it',
  'auth-operator': "the routes for operators are root's where auth is on",
  'lock-index': 'renewing or releasing what is not in the queue of a lock is a 404 with error 100',
  'lock-unknown': 'a lock that was never used is a 404 with error 100',
  'lock-vacant': 'nothing is kept of a lock that nobody has or wants',
  'lock-anonymous': 'the value of a lock without one is "-"',
  'lock-renewal': 'only who has a lock renews it',
  'lock-ttl': 'a lock has a TTL of at least a second',
  'lock-cause': 'the cause of a missing name of a leader is "Set" for DELETE too',
} as const;

export type DivergenceId = keyof typeof DIVERGENCES;

export function isDivergenceId(text: string): text is DivergenceId {
  return Object.hasOwn(DIVERGENCES, text);
}
