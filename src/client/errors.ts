/** What can go wrong between this client and a member. */

/** No whole answer came: refused, cut, or not in time. Whether the request was carried out is not known. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/** The member answered, and it was not what was asked for. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError';

  constructor(
    readonly status: number,
    message: string,
    /** The number of the v2 document's error table; only requests for keys have one. */
    readonly errorCode?: number,
  ) {
    super(message);
  }
}
