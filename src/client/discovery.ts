/** Who the members are, as they say it themselves. */
import { AnswerError } from './errors';
import { textOf2xx } from './answer';
import { ask, type Call, type CallOptions, type Via } from './http';
import { listMembers } from './members';
import { MEMBERS_MAX } from '../platform/sizes';

/** Their client URLs: of `/v2/members`, or of `/v2/machines` (etcd 0.4) where there is none. Rejects as `ask` does, or with AnswerError. */
export async function discoverMembers(via: Via, options: CallOptions = {}): Promise<readonly string[]> {
  try {
    const members = await listMembers(via, options);
    return members.flatMap(({ clientURLs }) => clientURLs).slice(0, MEMBERS_MAX);
  } catch (error) {
    if (!(error instanceof AnswerError)) throw error;
    const call: Call = { method: 'GET', path: '/v2/machines' };
    const text = textOf2xx(call, await ask(via, call, options));
    return text.split(',', MEMBERS_MAX).map((url) => url.trim());
  }
}
