/** What `cairn check security` found out, before it says what that means. */
import type { KeyRights } from '../../client/auth';
import type { Probed } from './probe';

/** A client or peer URL that a member publishes. */
export interface PortFacts {
  /** What the member is called. */
  readonly name: string;
  readonly kind: 'client' | 'peer';
  readonly url: string;
  readonly isTls: boolean;
  /** Nobody on another machine reaches it. */
  readonly isLoopback: boolean;
  /** What somebody hears who shows no certificate. */
  readonly stranger: Probed;
  /** Of a port with TLS: what somebody hears who speaks http there. */
  readonly plain: Probed | undefined;
  /** Of a port with TLS: when its certificate ends, in milliseconds since 1970; undefined: it was not shown. */
  readonly certificateEndsMs: number | undefined;
  /** Of a client port with TLS: why its certificate is not believed with the CA that was given; undefined: it is, or was not seen. */
  readonly distrust: string | undefined;
}

export interface SecurityFacts {
  readonly nowMs: number;
  /** The client URL that was asked for the rest. */
  readonly askedAt: string;
  readonly ports: readonly PortFacts[];
  /** Undefined: it was not said. */
  readonly isAuthOn: boolean | undefined;
  /** Without a user: the root of the keys. */
  readonly rootForNobody: Probed;
  /** Of the role guest; undefined: no user was given who may see it, or there is none that may. */
  readonly guestRights: KeyRights | undefined;
  /** Without a user: a route of operators. */
  readonly operatorsForNobody: Probed;
  /** Under the name of another host. */
  readonly foreignHost: Probed;
  /** A change that comes from a page of another site; there is nothing to change under that key. */
  readonly foreignSite: Probed;
}
