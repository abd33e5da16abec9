/** An address that could not be listened on, in words that say what to do. */

/** Why not, and what to do, for what people meet. */
const LISTEN_WORDS: Readonly<Record<string, string>> = {
  EADDRINUSE:
    'the address is already in use; end what listens there, which may be another member, or give another port',
  EACCES: 'this user may not listen there (EACCES); give a port of 1024 or more',
  EADDRNOTAVAIL: 'no interface of this machine has that address (EADDRNOTAVAIL); give one that it has, or 0.0.0.0',
  ENOTFOUND: 'there is no such host (ENOTFOUND); give an address of this machine',
};

export class ListenError extends Error {
  override readonly name = 'ListenError';

  constructor(
    readonly address: string,
    /** The command line option that named it. */
    readonly flag: string,
    /** The system's code: EADDRINUSE, EACCES, EADDRNOTAVAIL, ... */
    readonly code: string,
  ) {
    super(`cannot listen on ${address} (${flag}): ${LISTEN_WORDS[code] ?? code}`);
  }
}

/** @param error of the socket that was to listen there */
export function listenErrorOf(
  { host, port }: { readonly host: string; readonly port: number },
  flag: string,
  error: NodeJS.ErrnoException,
): ListenError {
  return new ListenError(`${host.includes(':') ? `[${host}]` : host}:${port}`, flag, error.code ?? error.message);
}
