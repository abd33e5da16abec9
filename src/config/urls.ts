import { isIPv6 } from 'node:net';
import { failure, success } from './result';
import type { Result } from './result';
import { listItems, quote } from './text';

export type Scheme = 'http' | 'https';

/** Where a member listens or can be reached. Taken apart once, so that nobody else parses addresses. */
export interface Endpoint {
  readonly scheme: Scheme;
  /** A lower-case name, an IPv4 address, or an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
}

/** `listen`: an address to bind, port 0 asks the system for a free one. `advertise`: an address others connect to. */
export type EndpointUse = 'listen' | 'advertise';

const schemes: readonly Scheme[] = ['http', 'https'];

const URL_SHAPE = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/i;
const AUTHORITY_SHAPE = /^(\[[^\]]*\]|[^:[\]]*)(?::(.*))?$/;
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?$/;
const ALL_DIGITS = /^\d{1,6}$/;
const LIKE_IPV4 = /^[\d.]+$/;
const IPV4 = /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/;

/** Parses `http://host:port` or `https://host:port`. The message of a failure is a sentence without its subject's name. */
export function parseEndpoint(text: string, use: EndpointUse): Result<Endpoint> {
  const [, scheme, rest] = URL_SHAPE.exec(text) ?? [];
  if (scheme === undefined || rest === undefined) {
    return failure(`${quote(text)} is not a URL; write it as http://HOST:PORT`);
  }
  const known = schemes.find((one) => one === scheme.toLowerCase());
  if (known === undefined) {
    return failure(`${quote(text)} has the scheme ${quote(scheme)}; write it as http://HOST:PORT or https://HOST:PORT`);
  }
  if (/[/?#@]/.test(rest)) {
    return failure(`${quote(text)} has more than a host and a port; write it as ${known}://HOST:PORT without a path`);
  }
  return parseAuthority(text, known, rest, use);
}

/** Why nobody can connect to a URL, as a sentence without its subject's name; undefined: somebody may. */
export function faultOfUrl(text: string): string | undefined {
  const endpoint = parseEndpoint(text, 'advertise');
  return endpoint.ok ? undefined : endpoint.message;
}

function parseAuthority(text: string, scheme: Scheme, authority: string, use: EndpointUse): Result<Endpoint> {
  const [, bracketed, portText] = AUTHORITY_SHAPE.exec(authority) ?? [];
  const host = bracketed === undefined ? undefined : parseHost(bracketed);
  if (host === undefined) {
    return failure(`${quote(text)} has no usable host; write a name, an IPv4 address or an IPv6 address in brackets`);
  }
  if (portText === undefined || portText === '')
    return failure(`${quote(text)} has no port; write it as ${scheme}://HOST:PORT`);
  const port = parsePort(portText, use);
  if (port === undefined) {
    return failure(`${quote(text)} has no usable port; give a number from ${portMin(use)} to 65535`);
  }
  return success({ scheme, host, port });
}

/** The host of an address, brackets removed and in lower case, or undefined if it cannot be one. */
export function parseHost(text: string): string | undefined {
  const host = text.toLowerCase();
  if (host.startsWith('[')) {
    const inside = host.slice(1, -1);
    return host.endsWith(']') && !inside.includes('%') && isIPv6(inside) ? inside : undefined;
  }
  if (LIKE_IPV4.test(host)) return IPV4.test(host) ? host : undefined;
  return HOST_NAME.test(host) ? host : undefined;
}

/** A TCP port, or undefined if the text is none. */
export function parsePort(text: string, use: EndpointUse): number | undefined {
  if (!ALL_DIGITS.test(text)) return undefined;
  const port = Number(text);
  return port >= portMin(use) && port <= 65535 ? port : undefined;
}

function portMin(use: EndpointUse): number {
  return use === 'listen' ? 0 : 1;
}

/** Parses a list of URLs separated by commas; blanks around them and empty items are dropped. An empty list is a failure. */
export function parseEndpoints(text: string, use: EndpointUse): Result<readonly Endpoint[]> {
  const endpoints: Endpoint[] = [];
  const items = listItems(text);
  for (const item of items.length === 0 ? [text] : items) {
    const endpoint = parseEndpoint(item, use);
    if (!endpoint.ok) return endpoint;
    if (endpoints.some((other) => sameEndpoint(other, endpoint.value) && other.port !== 0)) {
      return failure(`${quote(item)} is in the list twice; give each URL once`);
    }
    endpoints.push(endpoint.value);
  }
  return success(endpoints);
}

/** Whether they need the same port of the same address, whatever is spoken there. */
export function sameEndpoint(one: Endpoint, other: Endpoint): boolean {
  return one.host === other.host && one.port === other.port;
}

/** Whether only one of them can be listened on. */
export function needSamePort(one: Endpoint, other: Endpoint): boolean {
  if (one.port !== other.port || one.port === 0) return false;
  return sameEndpoint(one, other) || takes(one.host, other.host) || takes(other.host, one.host);
}

/** Whether listening at `host` takes `other` too: `localhost` is both of its addresses, and only `::` is both families. */
function takes(host: string, other: string): boolean {
  if (host === 'localhost') return other === '127.0.0.1' || other === '::1';
  return isWildcard(host) && (host !== '0.0.0.0' || !other.includes(':') || isWildcard(other));
}

/** `host:port`, an IPv6 host in brackets. */
export function formatAuthority({ host, port }: Pick<Endpoint, 'host' | 'port'>): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

export function formatEndpoint(endpoint: Endpoint): string {
  return `${endpoint.scheme}://${formatAuthority(endpoint)}`;
}

/** True for the addresses that mean "every interface"; nobody can connect to them from elsewhere. */
export function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || /^[0:]+$/.test(host);
}
