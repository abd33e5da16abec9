/**
 * Until when a session may be resumed. Whoever resumes one is not verified again, and what was found good then may have ended since: a
 * certificate, a CA of it, a list of revoked certificates.
 */
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';

/** No chain of real CAs is longer. */
const CHAIN_MAX = 10;

/** When the first certificate ends that the other side was verified by just now; milliseconds since 1970, Infinity if it showed none. */
export function chainEndMs(socket: Pick<TLSSocket, 'getPeerCertificate'>): number {
  let endMs = Infinity;
  // Node.js says that it is always there; there is none where nothing was shown, nor above a root.
  let certificate: Partial<DetailedPeerCertificate> | undefined = socket.getPeerCertificate(true);
  for (let steps = 0; steps < CHAIN_MAX && certificate?.valid_to !== undefined; steps++) {
    endMs = Math.min(endMs, Date.parse(certificate.valid_to));
    // A root is its own issuer.
    certificate = certificate.issuerCertificate === certificate ? undefined : certificate.issuerCertificate;
  }
  return endMs;
}

/** The first of these that is still to come; Infinity: none. Milliseconds since 1970. */
export function nextEndMs(endsMs: readonly number[], nowMs: number): number {
  return Math.min(...endsMs.filter((endMs) => endMs > nowMs), Infinity);
}
