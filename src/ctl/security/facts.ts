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
  /** It is published for this machine alone, which says nothing of where the member listens. */
  readonly isLoopback: boolean;
  /** Of one that is: under which other addresses of this machine it answers all the same, as URLs. */
  readonly elsewhere: readonly string[];
  /** What somebody hears who shows no certificate. */
  readonly stranger: Probed;
  /** Of a port with TLS: what somebody hears who speaks http there. */
  readonly plain: Probed | undefined;
  /** Of a port with TLS: when its certificate ends, in milliseconds since 1970; undefined: it was not shown. */
  readonly certificateEndsMs: number | undefined;
  /** Of a client port with TLS: why its certificate is not believed with the CA that was given; undefined: it is, or was not seen. */
  readonly distrust: string | undefined;
  /** Of a peer port with TLS: what the client certificate that was given hears there; undefined: none was given. */
  readonly withCertificate: Probed | undefined;
  /** Of a client port. */
  readonly routes: RouteFacts | undefined;
}

/** What a client port answers to somebody who is no user; with the client certificate, if one was given. */
export interface RouteFacts {
  /** A route of operators. */
  readonly operators: Probed;
  /** Under the name of another host. */
  readonly foreignHost: Probed;
  /** A change that comes from a page of another site; there is nothing to change under that key. */
  readonly foreignSite: Probed;
}

export interface SecurityFacts {
  readonly nowMs: number;
  readonly ports: readonly PortFacts[];
  /** Undefined: it was not said. */
  readonly isAuthOn: boolean | undefined;
  /** Without a user, the users were listed where auth is on: the certificate that was shown is that of a user with the role root. */
  readonly isRoot: boolean;
  /** Without a user: the root of the keys. */
  readonly rootForNobody: Probed;
  /** Of the role guest; undefined: no user was given who may see it, or there is none that may. */
  readonly guestRights: KeyRights | undefined;
}
