/** How the commands say that something failed: each family as etcdctl does. */
import { EXIT } from './exitCodes';
import { ClusterError, EtcdError, Failure, messageOf } from './failures';

/** Keys, watches and health: `Error:  WHAT`, and for a cluster that is away a line for each endpoint. */
export function keyFailure(error: unknown, code: number = EXIT.serverError): Failure {
  const detail = error instanceof ClusterError ? `\n${error.detail}` : '';
  return new Failure(code, `Error:  ${messageOf(error)}${detail}`);
}

/** Members, users, roles and auth: what the member said, and 1. */
export function plainFailure(error: unknown): Failure {
  const message = error instanceof EtcdError ? error.said : messageOf(error);
  return new Failure(EXIT.badArguments, message);
}

/** Rejects with Failure only. */
export async function failingAs<T>(asFailure: (error: unknown) => Failure, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw error instanceof Failure ? error : asFailure(error);
  }
}
