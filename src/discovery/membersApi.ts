/** What a newcomer asks of the client API of a running member: `/v2/members`. */
import type { ListedMember } from './beginning';
import { request, type Environment } from './environment';

/** Each call rejects if the server does not answer, or cannot do it now. */
export interface MembersApi {
  /** Removes a member, or finds it removed; `running`: the leader hears from it, so it was not removed. */
  removeLost(server: string, id: string): Promise<'removed' | 'running'>;
  /** Gives a member other peer URLs. */
  update(server: string, id: string, peerURLs: readonly string[]): Promise<void>;
  /** Adds a member, or finds that an attempt before did so; its id. */
  add(server: string, peerURLs: readonly string[]): Promise<string>;
}

const REQUEST_TIMEOUT_MS = 10_000;
const CONFLICT = 409;
const GONE = 410;

/** Over HTTP, until the process is asked to stop. */
export class HttpMembersApi implements MembersApi {
  constructor(private readonly environment: Pick<Environment, 'signal' | 'dial'>) {}

  async removeLost(server: string, id: string): Promise<'removed' | 'running'> {
    const url = `${server}/v2/members/${id}?onlyIfLost=true`;
    const { status } = await request(this.environment, url, REQUEST_TIMEOUT_MS, { method: 'DELETE' });
    if (status === CONFLICT) return 'running';
    if (!isSuccess(status) && status !== GONE) throw refused(`removing ${id}`, status);
    return 'removed';
  }

  async update(server: string, id: string, peerURLs: readonly string[]): Promise<void> {
    const { status, text } = await this.send('PUT', `${server}/v2/members/${id}`, peerURLs);
    if (!isSuccess(status)) throw refused(`updating ${id}`, status, text);
  }

  async add(server: string, peerURLs: readonly string[]): Promise<string> {
    const { status, text } = await this.send('POST', `${server}/v2/members`, peerURLs);
    const added: unknown = isSuccess(status) ? JSON.parse(text) : undefined;
    if (isAdded(added)) return added.id;
    // An attempt before this one was carried out although its answer was lost.
    const unstarted = await this.findUnstarted(server, peerURLs);
    if (unstarted === undefined) throw refused(`adding ${peerURLs.join(',')}`, status);
    return unstarted;
  }

  private send(method: 'PUT' | 'POST', url: string, peerURLs: readonly string[]): ReturnType<typeof request> {
    return request(this.environment, url, REQUEST_TIMEOUT_MS, { method, body: { json: { peerURLs } } });
  }

  private async findUnstarted(server: string, peerURLs: readonly string[]): Promise<string | undefined> {
    const { text } = await request(this.environment, `${server}/v2/members`, REQUEST_TIMEOUT_MS);
    const { members } = JSON.parse(text) as { members: readonly ListedMember[] };
    return members.find((member) => member.name === '' && member.peerURLs.some((url) => peerURLs.includes(url)))?.id;
  }
}

function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299;
}

/**
 * etcd's API says no more of what a member cannot do now than 500 or 503; of the rest the answer may have a reason.
 * @param text the answer
 */
function refused(what: string, status: number, text = ''): Error {
  if (status < 500)
    return new Error(`${what}: the cluster refuses it with status ${status} ${text.slice(0, 200)}`.trim());
  return new Error(
    `${what}: the cluster answers that it cannot do it now (status ${status}): most likely it has no leader, because no majority of its ` +
      'members runs; the log of the member that was asked says more. Start the others; if they are lost for good, start a survivor once ' +
      'with --force-new-cluster',
  );
}

function isAdded(value: unknown): value is { readonly id: string } {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string';
}
