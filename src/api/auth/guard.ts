/**
 * Who may do what. Whoever carries a request out is given a grant, and only a guard makes one: there is no way round it. A grant
 * is for what one request asks for, and can be asked again later whether it still holds.
 */
import type { IncomingMessage } from 'node:http';
import { mayAccess, mayAdminister, type Access } from '../../machine/auth/access';
import type { AuthUser, AuthView } from '../../machine/auth/view';
import type { KeyEvent } from '../../machine/keyspace/event';
import type { AuthSource, KeyReader, OwnReader } from '../../member/types';
import type { ApiObserver } from '../observer';
import { parseRequestTarget } from '../http/requestTarget';
import type { Authenticator, Identity } from './authenticator';
import { isMemberError, memberFailure } from '../v2/keys/failure';
import { DENIED, NO_STATE, UNDECIDED, type Refusal } from './refusal';

/** On whose behalf: besides users and guests whoever came while auth was off, and who has a token of the discovery service. */
type Holder = Identity | 'anybody' | 'token';

/** The right to read or write a key, or all that is below it. */
class KeyGrant {
  private seen: AuthView | undefined;
  private seenVersion = 0;

  /** @param directory the right is to what is below this key, and to the key itself only while it is a directory */
  constructor(
    private readonly source: AuthSource,
    private readonly holder: Holder,
    private readonly path: string,
    private readonly access: Access,
    private readonly recursive: boolean,
    private readonly directory?: string,
  ) {}

  /** Whether it would be given again: after a wait its holder may be gone, or have another password or other rights. */
  holds(): boolean {
    const view = this.source.auth();
    if (view === this.seen && view.version === this.seenVersion) return true;
    if (!this.isAllowed(view, this.access, this.recursive)) return false;
    this.seen = view;
    this.seenVersion = view.version;
    return true;
  }

  /** Whether what was found may be shown, or what has happened: not the value of a file where the right is to a directory. */
  mayShow({ action, node, prevNode }: KeyEvent): boolean {
    if (node.key !== this.directory) return true;
    // The node of a directory that expired does not say that it was one (docs/divergence.md, `expire-dir`).
    return action === 'expire' ? prevNode?.dir === true : node.dir && prevNode?.dir !== false;
  }

  /** Whether it may be waited for what happens there, as things are now. */
  mayWatch(member: Pick<KeyReader, 'childCount'> & Pick<OwnReader, 'look'>): boolean {
    if (this.directory === undefined || member.childCount(this.directory) !== undefined) return true;
    const there = member.look(this.directory, { recursive: false, sorted: false });
    return !there.ok || this.mayShow(there);
  }

  /** Whether somebody who may write is also told what was there before, and why a comparison failed. */
  showsPrevious(): boolean {
    return this.access === 'read' || this.isAllowed(this.source.auth(), 'read', false);
  }

  private isAllowed(view: AuthView, access: Access, recursive: boolean): boolean {
    if (!view.enabled || this.holder === 'token') return true;
    if (this.holder === 'anybody') return false;
    const holder = this.holder === 'guest' ? 'guest' : currentUser(view, this.holder);
    return holder !== undefined && mayAccess(view, holder, this.path, access, recursive);
  }
}

/** The right to what is root's alone, where auth is on. */
class RootGrant {
  /** @param user undefined: whoever came while auth was off */
  constructor(
    private readonly source: AuthSource,
    private readonly user: AuthUser | undefined,
  ) {}

  /**
   * What the right is needed for. To be asked for at the moment it is used: a body may have taken its time, and the right may be gone by
   * then. Throws RightGone, which the router answers.
   */
  use<T>(what: T): T {
    if (!this.holds()) throw new RightGone();
    return what;
  }

  /** For what goes on by itself: whether `use` would not throw. */
  holds(): boolean {
    const view = this.source.auth();
    if (!view.enabled) return true;
    const user = this.user && currentUser(view, this.user);
    return user !== undefined && mayAdminister(view, user);
  }
}

/** A right of root that was there when the request came, and was taken away before it was used. */
export class RightGone extends Error {
  override readonly name = 'RightGone';
}

export type { KeyGrant, RootGrant };

/** Answers whether a key may be read or written; at once, unless a password has to be checked. */
export interface KeyGuard {
  /**
   * @param path clean, as a byte string
   * @param recursive what is below the key is asked for too
   */
  forKey(
    request: IncomingMessage,
    path: string,
    access: Access,
    recursive: boolean,
  ): KeyGrant | Refusal | Promise<KeyGrant | Refusal>;
}

export function isRefusal(decision: KeyGrant | RootGrant | Refusal): decision is Refusal {
  return 'kind' in decision;
}

export class Guard implements KeyGuard {
  private readonly openKeys: KeyGrant;
  private readonly openRoot: RootGrant;
  /** For keys whose names are the secret: who knows a token of the discovery service may use what is below it. */
  readonly tokens: KeyGuard;

  constructor(
    private readonly source: AuthSource,
    private readonly authenticator: Authenticator,
    private readonly observer: ApiObserver,
  ) {
    this.openRoot = new RootGrant(source, undefined);
    this.openKeys = new KeyGrant(source, 'anybody', '/', 'read', false);
    const token = new KeyGrant(source, 'token', '/', 'write', true);
    this.tokens = { forKey: () => token };
  }

  forKey(
    request: IncomingMessage,
    path: string,
    access: Access,
    recursive: boolean,
  ): KeyGrant | Refusal | Promise<KeyGrant | Refusal> {
    const { source } = this;
    const unfit = this.whyUnfit();
    if (unfit !== undefined) return unfit;
    if (access === 'write' && !source.isUpToDate())
      return this.onceUpToDate(() => this.forKey(request, path, access, recursive));
    // Every request comes here, and almost all while auth is off.
    if (!source.auth().enabled) return this.openKeys;
    const identity = this.authenticator.identify(request);
    return identity instanceof Promise
      ? identity.then((found) => this.grantKey(request, found, path, access, recursive))
      : this.grantKey(request, identity, path, access, recursive);
  }

  /** The grant of whoever asks for a key; undefined while it matters who that is. */
  readonly openGrant = (): KeyGrant | undefined =>
    this.source.auth().enabled || !this.source.isUpToDate() || this.source.isAuthUndecided()
      ? undefined
      : this.openKeys;

  /**
   * For what is root's alone.
   *
   * @param reach `cluster`: it may change what all members have, so that it counts what all of them know of root
   */
  forRoot(request: IncomingMessage, reach: 'cluster' | 'member'): RootGrant | Refusal | Promise<RootGrant | Refusal> {
    const { source } = this;
    const unfit = this.whyUnfit();
    if (unfit !== undefined) return unfit;
    if (reach === 'cluster' && !source.isUpToDate()) return this.onceUpToDate(() => this.forRoot(request, reach));
    if (!source.auth().enabled) return this.openRoot;
    const identity = this.authenticator.identify(request);
    return identity instanceof Promise ? identity.then((found) => this.grantRoot(found)) : this.grantRoot(identity);
  }

  /** Why this member can say of nobody what he may; undefined: it can. */
  private whyUnfit(): Refusal | undefined {
    if (!this.source.hasState()) return NO_STATE;
    return this.source.isAuthUndecided() ? this.refuse(UNDECIDED) : undefined;
  }

  /**
   * Decides by what the cluster knew when this member was started, at least: it goes on with what it had when it was stopped, and users, passwords or
   * auth may have been changed since. What it then asks for is carried out by all members.
   */
  private async onceUpToDate<G>(decide: () => G | Promise<G>): Promise<G | Refusal> {
    try {
      await this.source.whenUpToDate();
    } catch (error) {
      if (isMemberError(error)) return { kind: 'notReady', failure: memberFailure(error) };
      throw error;
    }
    return decide();
  }

  /** Somebody had a right when he began, and has it no more. */
  denied(): Refusal {
    return this.refuse(DENIED);
  }

  private grantKey(
    request: IncomingMessage,
    identity: Identity | Refusal,
    path: string,
    access: Access,
    recursive: boolean,
  ): KeyGrant | Refusal {
    if (isRefused(identity)) return this.refuse(identity);
    const grant = new KeyGrant(this.source, identity, path, access, recursive);
    if (grant.holds()) return grant;
    if (access === 'write' || !hasSlashAtEnd(request)) return this.refuse(DENIED);
    // For who reads, `/app/` is covered by `/app/*`, as in etcd; a write there would change `/app` itself, which is not.
    const below = new KeyGrant(this.source, identity, `${path}/`, access, recursive, path);
    return below.holds() ? below : this.refuse(DENIED);
  }

  private grantRoot(identity: Identity | Refusal): RootGrant | Refusal {
    if (isRefused(identity)) return this.refuse(identity);
    if (!mayAdminister(this.source.auth(), identity)) return this.refuse(DENIED);
    return identity === 'guest' ? this.openRoot : new RootGrant(this.source, identity);
  }

  private refuse(refusal: Refusal): Refusal {
    if (refusal.kind !== 'notReady') this.observer.accessRefused(refusal.kind);
    return refusal;
  }
}

function isRefused(identity: Identity | Refusal): identity is Refusal {
  return identity !== 'guest' && 'kind' in identity;
}

function currentUser(view: AuthView, user: AuthUser): AuthUser | undefined {
  const current = view.user(user.name);
  return current?.passwordHash === user.passwordHash ? current : undefined;
}

function hasSlashAtEnd(request: IncomingMessage): boolean {
  return parseRequestTarget(request.url ?? '')?.path.endsWith('/') ?? false;
}
