/** Finds out who a request is from. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { AuthUser } from '../../machine/auth/view';
import type { AuthSource } from '../../member/types';
import { RealClock } from '../../platform/realClock';
import { sleep } from '../../platform/sleep';
import { setUser } from '../http/caller';
import { credentialsOf, type Credentials } from './credentials';
import type { PasswordCheck, Verdict } from './passwordCheck';
import { DENIED, type Refusal } from './refusal';

/** A user as it was found, or whoever does not say who it is. */
export type Identity = AuthUser | 'guest';

export interface AuthenticatorOptions {
  readonly source: AuthSource;
  readonly passwords: PasswordCheck;
  /** The name in the verified certificate of a connection; absent where certificates make nobody a user. */
  readonly certificateNameOf?: ((socket: Socket) => string | undefined) | undefined;
  /** Between two looks at a password that is not checked yet; a test needs none. */
  readonly pause?: (() => Promise<void>) | undefined;
}

type Basic = Extract<Credentials, { kind: 'basic' }>;

/** Shorter than clients wait for an answer. */
const PAUSE_MS = 1000;

/** What a proxy says of itself: ours and etcd's send the first one always. */
const FORWARDED_BY = ['x-forwarded-for', 'forwarded', 'via'] as const;

export class Authenticator {
  constructor(private readonly options: AuthenticatorOptions) {}

  /**
   * At once, unless a password has to be checked. A certificate whose name is no user's makes a guest, as in etcd 3.4; a wrong
   * name or password makes nobody.
   */
  identify(request: IncomingMessage): Identity | Refusal | Promise<Identity | Refusal> {
    const { source } = this.options;
    const credentials = credentialsOf(request.headers, this.certificateNameOf(request));
    switch (credentials.kind) {
      case 'none':
        return 'guest';
      case 'unreadable':
        return DENIED;
      case 'certificate': {
        const user = source.auth().user(credentials.name);
        return user === undefined ? 'guest' : known(request, user);
      }
      case 'basic': {
        const found = this.look(request, credentials);
        return found instanceof Promise
          ? found.then((later) => this.orLookAgain(later, request, credentials))
          : this.orLookAgain(found, request, credentials);
      }
    }
  }

  /**
   * Whoever would be told to come back later waits a moment, and is looked at once more. A turn is had by whoever asks first when there is one
   * again: a guesser who asked a thousand times a second would have each, and nobody else behind his address would get in. So each connection
   * asks twice in that time at most, those of a guesser and those of others alike; how many there may be is bounded elsewhere.
   */
  private orLookAgain(
    found: Identity | Refusal,
    request: IncomingMessage,
    credentials: Basic,
  ): Identity | Refusal | Promise<Identity | Refusal> {
    if (!isUnchecked(found)) return found;
    const pause = this.options.pause ?? (() => sleep(new RealClock(), PAUSE_MS));
    // A turn that is spent on who has gone is one that others do not have.
    return pause().then(() => (request.socket.destroyed ? found : this.look(request, credentials)));
  }

  private look(request: IncomingMessage, { name, password }: Basic): Identity | Refusal | Promise<Identity | Refusal> {
    const { source, passwords } = this.options;
    const hash = source.auth().user(name)?.passwordHash;
    const verdict = passwords.check(name, password, hash, request.socket.remoteAddress ?? '');
    return verdict instanceof Promise
      ? verdict.then((later) => this.judge(request, later, name, hash))
      : this.judge(request, verdict, name, hash);
  }

  /** The certificate of a proxy says nothing of its clients (CVE-2018-16886). */
  private certificateNameOf({ headers, socket }: IncomingMessage): string | undefined {
    const isForwarded = FORWARDED_BY.some((name) => headers[name] !== undefined);
    return isForwarded ? undefined : this.options.certificateNameOf?.(socket);
  }

  /** The user is looked for again: there may be another one of that name by now, or none. */
  private judge(
    request: IncomingMessage,
    verdict: Verdict,
    name: string,
    hash: string | undefined,
  ): Identity | Refusal {
    if (verdict === 'busy') return { kind: 'busy' };
    if (typeof verdict === 'object') {
      return { kind: 'tooFast', retryAfterSeconds: Math.ceil(verdict.waitMs / 1000) };
    }
    const user = this.options.source.auth().user(name);
    return verdict === 'right' && user !== undefined && user.passwordHash === hash ? known(request, user) : DENIED;
  }
}

function isUnchecked(found: Identity | Refusal): boolean {
  return found !== 'guest' && 'kind' in found && (found.kind === 'busy' || found.kind === 'tooFast');
}

/** Also one who may not do what it asks for: that is worth a line too. */
function known(request: IncomingMessage, user: AuthUser): AuthUser {
  setUser(request, user.name);
  return user;
}
