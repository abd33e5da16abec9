/** What a newcomer asks of a running member: changes of `/members` on its peer port, or of `/v2/members` on its client port. */
import type { Dial } from '../platform/dial';
import { request, type Environment } from './environment';
import { CannotNowError, NotServedError, WillNotError, type MemberServer } from './memberServers';

/** Each call rejects if the server does not answer, or cannot do it now; with NotServedError if its client port has to be asked. */
export interface MembersApi {
  /** Removes a member, or finds it removed; `running`: the leader hears from it, so it was not removed. */
  removeLost(server: MemberServer, id: string): Promise<'removed' | 'running'>;
  /** Gives a member other peer URLs. */
  update(server: MemberServer, id: string, peerURLs: readonly string[]): Promise<void>;
  /** Adds a member, or finds that an attempt before did so; its id. */
  add(server: MemberServer, peerURLs: readonly string[]): Promise<string>;
}

const REQUEST_TIMEOUT_MS = 10_000;
const UNAUTHORIZED = 401;
const FORBIDDEN = 403;
const NOT_FOUND = 404;
const METHOD_NOT_ALLOWED = 405;
const CONFLICT = 409;
const GONE = 410;

/** 64 bits, as every member writes them. */
const ID = /^[0-9a-f]{1,16}$/;

type Answer = Awaited<ReturnType<typeof request>>;

/** Over HTTP, until the process is asked to stop. */
export class HttpMembersApi implements MembersApi {
  /** @param dials to the ports of members */
  constructor(
    private readonly environment: Pick<Environment, 'signal'>,
    private readonly dials: Readonly<Record<MemberServer['port'], Dial>>,
  ) {}

  async removeLost(server: MemberServer, id: string): Promise<'removed' | 'running'> {
    const { status, text } = await this.send(server, 'DELETE', `/${id}?onlyIfLost=true`);
    if (status === CONFLICT) return 'running';
    if (!isSuccess(status) && status !== GONE) throw refused(`removing ${id}`, status, text);
    return 'removed';
  }

  async update(server: MemberServer, id: string, peerURLs: readonly string[]): Promise<void> {
    const { status, text } = await this.send(server, 'PUT', `/${id}`, peerURLs);
    if (!isSuccess(status)) throw refused(`updating ${id}`, status, text);
  }

  async add(server: MemberServer, peerURLs: readonly string[]): Promise<string> {
    const { status, text } = await this.send(server, 'POST', '', peerURLs);
    const added = isSuccess(status) ? parsed(text) : undefined;
    if (hasId(added)) return added.id;
    // An attempt before this one was carried out although its answer was lost; a peer port looks for that itself.
    const unstarted = server.port === 'client' ? await this.findUnstarted(server, peerURLs) : undefined;
    if (unstarted === undefined) throw refused(`adding ${peerURLs.join(',')}`, status, text);
    return unstarted;
  }

  private async send(
    server: MemberServer,
    method: 'GET' | 'DELETE' | 'PUT' | 'POST',
    rest: string,
    peerURLs?: readonly string[],
  ): Promise<Answer> {
    const url = `${server.url}${server.port === 'peer' ? '/members' : '/v2/members'}${rest}`;
    const environment = { signal: this.environment.signal, dial: this.dials[server.port] };
    const body = peerURLs === undefined ? undefined : { json: { peerURLs } };
    const answer = await request(environment, url, REQUEST_TIMEOUT_MS, { method, body });
    // An older version, which has no such route, or a port on which no certificates are shown.
    const isRefusal =
      answer.status === FORBIDDEN || answer.status === NOT_FOUND || answer.status === METHOD_NOT_ALLOWED;
    if (server.port === 'peer' && isRefusal) {
      throw new NotServedError(`${server.url} changes no members for this one (status ${answer.status})`);
    }
    return answer;
  }

  /** Undefined, too, where what answers has no list: what the addition was refused with says more. */
  private async findUnstarted(server: MemberServer, peerURLs: readonly string[]): Promise<string | undefined> {
    const { status, text } = await this.send(server, 'GET', '');
    const list = isSuccess(status) ? parsed(text) : undefined;
    const members = isObject(list) && Array.isArray(list['members']) ? (list['members'] as readonly unknown[]) : [];
    return members.filter(hasId).find((member) => isUnstartedAt(member, peerURLs))?.id;
  }
}

/** Undefined if it is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

interface WithId extends Readonly<Record<string, unknown>> {
  readonly id: string;
}

function hasId(value: unknown): value is WithId {
  return isObject(value) && typeof value['id'] === 'string' && ID.test(value['id']);
}

function isUnstartedAt({ name, peerURLs }: WithId, wanted: readonly string[]): boolean {
  return name === '' && Array.isArray(peerURLs) && peerURLs.some((url) => wanted.includes(url as string));
}

function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299;
}

/**
 * etcd's API says no more of what a member cannot do now than 500 or 503; of the rest the answer may have a reason.
 * @param text the answer
 */
function refused(what: string, status: number, text: string): Error {
  if (status === UNAUTHORIZED) {
    return new WillNotError(
      `${what}: the cluster has auth on, and this member is no user: let members know each other by name on their ` +
        'peer ports (--peer-client-cert-auth and --peer-cert-allowed-cn on each), or make its place as root (remove the lost member, then add it with these peer URLs), for ' +
        'which this one waits',
    );
  }
  if (isSuccess(status)) {
    return new WillNotError(
      `${what}: the answer (status ${status}) has no id of a member: something else than a member answers there; ` +
        'correct the URLs of the members, or what stands between',
    );
  }
  if (status < 500)
    return new WillNotError(`${what}: the cluster refuses it with status ${status} ${text.slice(0, 200)}`.trim());
  return new CannotNowError(
    `${what}: the cluster answers that it cannot do it now (status ${status}): most likely it has no leader, because no majority of its ` +
      'members runs; the log of the member that was asked says more. Start the others; if they are lost for good, start a survivor once ' +
      'with --force-new-cluster',
  );
}
