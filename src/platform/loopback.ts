/** What leads to this machine alone, by its text. */
import { isIP } from 'node:net';

/** @param host a lower-case name, an IPv4 address, or an IPv6 address without brackets */
export function isLoopback(host: string): boolean {
  return isLocalName(host) || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** Names that mean the loopback everywhere (RFC 6761 section 6.3). */
export function isLocalName(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost');
}
