/** What a server may say before its answer: statuses 100 to 199. */
import type { ClientRequest } from 'node:http';

/** More than any server has a reason for. */
export const INTERIM_ANSWERS_MAX = 16;

/**
 * node:http takes any number of them, and no limit of an answer's bytes counts them: a server that sends nothing else would keep this process
 * busy until the time of the request is over. One more than are allowed ends it with an error.
 */
export function boundInterimAnswers(request: ClientRequest): void {
  let count = 0;
  request.on('information', () => {
    count += 1;
    if (count > INTERIM_ANSWERS_MAX)
      request.destroy(new Error(`more than ${INTERIM_ANSWERS_MAX} answers before the answer`));
  });
}
