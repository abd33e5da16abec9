/** What a connection is opened with, and how it knows who answers. */
import type { X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';

/** The certificate of whoever answers has to be signed by a CA of the context, and to be of this one. */
export type ServerCheck =
  /** Whoever the dialled URL names, by a name or an address in the certificate. */
  | { readonly kind: 'dialledName' }
  /** Whoever has one of these common names, at whatever address; no name is looked up. */
  | { readonly kind: 'commonName'; readonly names: readonly string[] }
  /** Whoever has one of these names, at whatever address. */
  | { readonly kind: 'hostName'; readonly names: readonly string[] }
  /** Whoever has the same common name and host names as this certificate, at whatever address. */
  | { readonly kind: 'sameNames'; readonly as: X509Certificate }
  /** Anybody, whoever signed: certificates that each member made for itself prove nothing. The line is only hidden. */
  | { readonly kind: 'anybody' };

/** One object for as long as the files stay the same: sessions that began with another one are not resumed. */
export interface ClientTls {
  /** CA, own certificate and key, revoked certificates, lowest version. */
  readonly context: SecureContext;
  readonly server: ServerCheck;
  /** The certificate that is shown, in words, for whoever is told that it was refused; undefined: none, or nobody said which. */
  readonly own?: string | undefined;
  /** When each CA, and each list of revoked certificates, of the context ends, milliseconds since 1970; absent: nobody said. */
  readonly trustEndsMs?: readonly number[];
}

/** The same files with another check. As with `ClientTls` itself: one object for as long as the files stay the same. */
export function checking(material: () => ClientTls, choose: (given: ServerCheck) => ServerCheck): () => ClientTls {
  let made: { readonly of: ClientTls; readonly tls: ClientTls } | undefined;
  return () => {
    const of = material();
    if (made?.of !== of) made = { of, tls: { ...of, server: choose(of.server) } };
    return made.tls;
  };
}

let trustedBySystem: ClientTls | undefined;

/** With the CAs that Node.js trusts (`NODE_EXTRA_CA_CERTS` adds to them), and no certificate of its own. Read when it is first needed. */
export function systemTls(): ClientTls {
  trustedBySystem ??= { context: createSecureContext({ minVersion: 'TLSv1.2' }), server: { kind: 'dialledName' } };
  return trustedBySystem;
}
