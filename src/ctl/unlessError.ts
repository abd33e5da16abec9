/** Requests of which one refusal of the store is an answer too. */
import { isEtcdError } from '../client/errors';

/** Undefined if the store refused it with this code (`ERROR_CODES`). Rejects with everything else. */
export async function unlessError<Result>(code: number, request: Promise<Result>): Promise<Result | undefined> {
  try {
    return await request;
  } catch (error) {
    if (isEtcdError(error, code)) return undefined;
    throw error;
  }
}
