/** Files of certificates and keys that cannot be used. */

/** What is wrong with a file. */
export type TlsFault =
  | 'missing'
  | 'unreadable'
  | 'tooLarge'
  | 'notPem'
  | 'encrypted'
  | 'mismatch'
  | 'expired'
  | 'notYetValid'
  | 'notSigned'
  | 'unusable';

/** The message says which option names which file, what is wrong with it and what to do. */
export class TlsFileError extends Error {
  override readonly name = 'TlsFileError';

  constructor(
    readonly fault: TlsFault,
    message: string,
  ) {
    super(message);
  }
}
