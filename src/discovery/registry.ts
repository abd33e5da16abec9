/** A token of a discovery service: a directory of etcd's v2 key space, spoken to over HTTP. */
import { JoinError } from './beginning';
import { request, type Environment } from './environment';
import { reasonOf } from '../platform/networkError';
import { RequestTimeoutError } from '../platform/plainRequest';
import { bodyOf, type Body } from './registryBody';
import { shownUrl, withoutToken } from './shownUrl';

/** A registration: a visible key of the token's directory. */
export interface RegistryNode {
  /** The last part of the key. */
  readonly name: string;
  readonly value: string;
  readonly createdIndex: number;
}

export type Found =
  | { readonly kind: 'file'; readonly value: string }
  /** In the order in which the keys were created. `index`: the service's index at the time. */
  | { readonly kind: 'directory'; readonly nodes: readonly RegistryNode[]; readonly index: number }
  /** `error`: code, message and key as etcd writes them. */
  | { readonly kind: 'missing'; readonly error: string };

/** The service did not answer, or could not do what it was asked for: it may be able to a moment later. */
export class RegistryUnavailable extends Error {
  override readonly name = 'RegistryUnavailable';
}

const REQUEST_TIMEOUT_MS = 5000;
/** Proxies on the way cut off requests that are silent for longer. */
const WATCH_TIMEOUT_MS = 50_000;
const KEY_NOT_FOUND = 100;
const KEY_EXISTS = 105;
const INDEX_CLEARED = 401;
/** A member that was removed and waits for a place: until it hears who leads, it cannot send anybody there. */
const STANDBY_INTERNAL = 402;

/** Every method rejects with RegistryUnavailable, or with JoinError if what answers is no discovery service. */
export class Registry {
  /** The URL for logs and messages. */
  readonly shown: string;

  constructor(
    /** Without a slash at the end. */
    readonly url: string,
    private readonly environment: Pick<Environment, 'signal' | 'dial'>,
    private readonly watchTimeoutMs = WATCH_TIMEOUT_MS,
  ) {
    this.shown = shownUrl(url);
  }

  /** A key below the token, or with '' the token itself. Linearizable where the service can do that. */
  async get(path: string): Promise<Found> {
    const { body, index } = await this.send(this.keyUrl(path, 'quorum=true'));
    if (body.errorCode === KEY_NOT_FOUND) return { kind: 'missing', error: this.hidden(describe(body)) };
    if (body.node === undefined) throw this.refused(body);
    if (body.node.dir !== true) return { kind: 'file', value: body.node.value ?? '' };
    const nodes = (body.node.nodes ?? [])
      .filter((node) => node.dir !== true)
      .map(({ key, value, createdIndex }) => ({ name: lastPart(key), value: value ?? '', createdIndex }));
    return { kind: 'directory', nodes: nodes.sort((a, b) => a.createdIndex - b.createdIndex), index };
  }

  /** False if the key is there already. */
  async create(path: string, value: string): Promise<boolean> {
    const { body } = await this.send(this.keyUrl(path, 'prevExist=false'), put({ value }));
    if (body.errorCode === KEY_EXISTS) return false;
    if (body.node === undefined) throw this.refused(body);
    return true;
  }

  async set(path: string, value: string, ttlSeconds: number): Promise<void> {
    const { body } = await this.send(this.keyUrl(path), put({ value, ttl: String(ttlSeconds) }));
    if (body.node === undefined) throw this.refused(body);
  }

  /** Resolves when something below the token changed after `index`, or when it is time to look again anyhow. */
  async changedAfter(index: number): Promise<void> {
    const url = this.keyUrl('', `wait=true&recursive=true&waitIndex=${index + 1}`);
    let answer: Answer;
    try {
      answer = await request(this.environment, url, this.watchTimeoutMs);
    } catch (error) {
      if (error instanceof RequestTimeoutError) return;
      throw this.unavailable(error);
    }
    // A watch that the service ends early has an empty body.
    if (answer.status === 200 && answer.text.trim() === '') throw new RegistryUnavailable('the watch was ended');
    const { body } = this.read(answer);
    if (body.node === undefined && body.errorCode !== INDEX_CLEARED) throw this.refused(body);
  }

  private async send(url: string, init?: Parameters<typeof request>[3]): Promise<Parsed> {
    try {
      return this.read(await request(this.environment, url, REQUEST_TIMEOUT_MS, init));
    } catch (error) {
      throw error instanceof JoinError ? error : this.unavailable(error);
    }
  }

  private read(answer: Answer): Parsed {
    const parsed = parse(this.shown, answer);
    if (isPassing(parsed.body)) throw new RegistryUnavailable(this.hidden(describe(parsed.body)));
    return parsed;
  }

  /** An answer of the API that says no; trying again would not change it. */
  private refused(body: Body): JoinError {
    return new JoinError(
      `discovery: the service refuses with "${this.hidden(describe(body))}"; get a new token, or correct the URL of --discovery`,
    );
  }

  private unavailable(error: unknown): unknown {
    if (this.environment.signal.aborted || error instanceof RegistryUnavailable) return error;
    return new RegistryUnavailable(this.hidden(`${this.url}: ${reasonOf(error)}`));
  }

  /** What others say may have the token in it, too: the key of an error has. */
  private hidden(text: string): string {
    return withoutToken(text, this.url);
  }

  private keyUrl(path: string, query = ''): string {
    const key = path === '' ? this.url : `${this.url}/${path.split('/').map(encodeURIComponent).join('/')}`;
    return query === '' ? key : `${key}?${query}`;
  }
}

type Answer = Awaited<ReturnType<typeof request>>;

interface Parsed {
  readonly body: Body;
  readonly index: number;
}

function put(form: Readonly<Record<string, string>>): Parameters<typeof request>[3] {
  return { method: 'PUT', body: { form } };
}

function parse(url: string, { status, headers, text }: Answer): Parsed {
  if (status >= 500 || status === 408 || status === 429) throw new RegistryUnavailable(`status ${status}`);
  const body = bodyOf(text);
  if (body === undefined) {
    throw new JoinError(
      `discovery: bad discovery endpoint: ${url} answers with status ${status} and no JSON of etcd's v2 API; ` +
        'correct the URL of --discovery',
    );
  }
  return { body, index: Number(headers['x-etcd-index'] ?? body.index ?? 0) };
}

/** A trouble of the cluster behind the service, such as an election, whatever the status: etcd's errors of Raft are those from 300 to 399. */
function isPassing({ errorCode = 0 }: Body): boolean {
  return errorCode === STANDBY_INTERNAL || (errorCode >= 300 && errorCode <= 399);
}

function describe({ errorCode = 0, message = '', cause = '' }: Body): string {
  return `${errorCode}: ${message}${cause === '' ? '' : ` (${cause})`}`;
}

function lastPart(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}
