/** Who is at the other end of a connection, as far as a certificate says so. */
import type { TLSSocket } from 'node:tls';
import { commonNameOf } from './certificates';
import { identityError } from './serverCheck';
import type { TlsSide } from './side';

/** Kept beside the sockets: no other code can write a name onto a connection. */
const names = new WeakMap<object, string>();
const named = new WeakSet();

/**
 * The common name in the certificate that the client showed on this connection. Undefined: none was demanded, or it has no common name.
 * Nothing that a request says can change it.
 */
export function verifiedNameOf(socket: object): string | undefined {
  return names.get(socket);
}

/**
 * Whether the certificate on this connection was verified and has one of the names that the operator listed for this side. One that was
 * only signed by the right CA is not enough: a CA may sign for clients too.
 */
export function hasListedName(socket: object): boolean {
  return named.has(socket);
}

/**
 * Whether the connection may be served: the certificate is verified where one is demanded, and its names are allowed. Undefined: it may;
 * and its name is known from here on.
 */
export function objectionTo(socket: TLSSocket, side: TlsSide): string | undefined {
  if (!side.certificatesDemanded) return undefined;
  // Node.js has ended such a connection already. Should it ever not have: it is not served.
  if (!socket.authorized) return 'its certificate was not verified';
  const certificate = socket.getPeerCertificate();
  const name = commonNameOf(certificate.subject);
  const { allowedCommonNames, allowedHostNames } = side;
  if (allowedCommonNames.length > 0) {
    const error = identityError({ kind: 'commonName', names: allowedCommonNames }, '', certificate);
    if (error !== undefined) return error.message;
  }
  if (allowedHostNames.length > 0) {
    const error = identityError({ kind: 'hostName', names: allowedHostNames }, '', certificate);
    if (error !== undefined) return error.message;
  }
  if (allowedCommonNames.length > 0 || allowedHostNames.length > 0) named.add(socket);
  if (name !== undefined) names.set(socket, name);
  return undefined;
}
