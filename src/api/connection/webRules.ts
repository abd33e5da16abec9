/** What is refused for the sake of people with a browser, whatever is asked for. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { refuse, type Refusal } from './admission';
import { isCrossSite, isCrossSiteWrite, type CrossSiteRules } from './crossSite';
import { HostNames, nameOf, type HostRules } from './hostNames';

export interface WebRules extends CrossSiteRules {
  /** Undefined: any name will do. */
  readonly hosts: HostRules | undefined;
}

/** For a port that no browser has any business with. */
export const NO_WEB: WebRules = { cors: [], crossSiteWrites: false, hosts: undefined };

const NAME_SHOWN_MAX = 100;

const CROSS_SITE: Refusal = {
  status: 403,
  reason: 'Forbidden',
  text:
    'this request comes from a page of another web site, whose origin may not write here; start the member with --cors and that ' +
    'origin to allow it (--cross-site-writes allows it to every page)\n',
};

/** The names under which a listening socket may be asked without TLS; undefined: any will do. */
export function ownNames(listenHost: string, { hosts }: WebRules): HostNames | undefined {
  return hosts === undefined ? undefined : HostNames.of(listenHost, hosts);
}

/**
 * One rule for each listening socket.
 *
 * @param listenHost what it listens on
 */
export function webRefusals(listenHost: string, rules: WebRules): (request: IncomingMessage) => Refusal | undefined {
  const names = ownNames(listenHost, rules);
  return (request) => {
    // A certificate has the name that was meant: over TLS no other one gets this far (as in etcd).
    if (names?.allows(request.headers.host) === false && !('encrypted' in request.socket)) return foreignName(request);
    return isCrossSiteWrite(request, rules) ? CROSS_SITE : undefined;
  };
}

/** Status and reason are etcd's. */
function foreignName({ headers }: IncomingMessage): Refusal {
  const name = nameOf(headers.host ?? '').slice(0, NAME_SHOWN_MAX);
  return {
    status: 421,
    reason: 'Misdirected Request',
    text:
      `"${name}" (the Host header) is no name of this member; ask it by its address, or start it with --host-whitelist and the ` +
      'names that it is asked by (* for all)\n',
  };
}

/**
 * For what gives a secret away on a port of which other members ask: a page that had its name mean 127.0.0.1 sends neither Origin nor
 * Sec-Fetch-Site with a GET without TLS, and its Host header alone tells it from a program. True: it was refused.
 *
 * @param peerNames names under which members are asked there
 */
export function refuseForeignName(
  request: IncomingMessage,
  response: ServerResponse,
  rules: HostRules | undefined,
  peerNames: readonly string[],
): boolean {
  const { socket, headers } = request;
  if (rules === undefined || 'encrypted' in socket) return false;
  const cameIn = (socket.localAddress ?? '').replace(/^::ffff:/, '');
  const names = HostNames.of(cameIn, { ...rules, ownNames: [...rules.ownNames, ...peerNames] });
  if (names?.allows(headers.host) !== false) return false;
  refuse(response, foreignName(request));
  return true;
}

/** For a route where a GET changes something too: an image on any page would be enough to ask for it. True: it was refused. */
export function refuseCrossSite(request: IncomingMessage, response: ServerResponse, rules: CrossSiteRules): boolean {
  if (!isCrossSite(request, rules)) return false;
  refuse(response, CROSS_SITE);
  return true;
}
