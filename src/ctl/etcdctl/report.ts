/** How the commands say that something failed: each family as etcdctl does. */
import { EXIT } from './exitCodes';
import { ClusterError, EtcdError, Failure, messageOf, UnexpectedStatusError, UnreadableAnswerError } from './failures';

/** Keys, watches and health: `Error:  WHAT`, and for a cluster that is away a line for each endpoint. */
export function keyFailure(error: unknown, code: number = EXIT.serverError): Failure {
  const detail = error instanceof ClusterError ? `\n${error.detail}` : '';
  return new Failure(code, `Error:  ${messageOf(error)}${detail}`, true, noteOn(error));
}

/** What a person on a terminal is told besides. */
export function noteOn(error: unknown): string | undefined {
  if (error instanceof UnexpectedStatusError) return error.said;
  if (error instanceof ClusterError && error.maybeCarriedOut)
    return 'a member may have carried it out all the same: look before it is sent again';
  if (error instanceof ClusterError && error.isConnection)
    return `no member is reached; where they are is said with --endpoints before the command, or with ETCDCTL_ENDPOINTS`;
  if (error instanceof UnreadableAnswerError)
    return 'is it the client port of a member that --endpoints or ETCDCTL_ENDPOINTS names (2379), rather than a peer port (2380)?';
  return undefined;
}

/** Members, users, roles and auth: what the member said, and 1. */
export function plainFailure(error: unknown): Failure {
  const message = error instanceof EtcdError ? error.said : messageOf(error);
  return new Failure(EXIT.badArguments, message, true, noteOn(error));
}

/** Rejects with Failure only. */
export async function failingAs<T>(asFailure: (error: unknown) => Failure, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw error instanceof Failure ? error : asFailure(error);
  }
}
