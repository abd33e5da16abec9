/**
 * How a proxy notices that it forwards to itself, or round in a ring with others: each adds itself to `Via` (RFC 9110 section
 * 7.6.3), under a name that no other process has.
 */
import type { IncomingMessage } from 'node:http';

/** More proxies in a row than anybody builds on purpose. */
export const HOPS_MAX = 8;

/** On a refusal: which proxy the request came back to. Each proxy on the way back learns it. */
export const LOOP_HEADER = 'x-cairn-proxy-loop';

const LOOP_STATUS = 508;

const NAME = /(?:^|[\s,])1\.1 cairn-([0-9a-f]{16})(?=$|[\s,])/g;

export interface Loop {
  readonly status: 508;
  readonly text: string;
}

/** Undefined for a request that may go on. @param id 16 hexadecimal digits of this process */
export function loopOf({ headers }: IncomingMessage, id: string): Loop | undefined {
  const hops = [...(headers.via ?? '').matchAll(NAME)].map(([, name]) => name);
  if (hops.includes(id)) {
    return {
      status: LOOP_STATUS,
      text:
        'the request came back to a proxy that it had passed: a client URL of the members leads to a proxy; have each member ' +
        'advertise its own address with --advertise-client-urls',
    };
  }
  if (hops.length < HOPS_MAX) return undefined;
  return {
    status: LOOP_STATUS,
    text: `the request has passed ${hops.length} proxies, which is as many as may stand in a row`,
  };
}

/** The value of `Via` for the next one. */
export function viaOf({ headers }: IncomingMessage, id: string): string {
  const name = `1.1 cairn-${id}`;
  return headers.via === undefined ? name : `${headers.via}, ${name}`;
}

/** Whether the answer says that what was sent there came back here. */
export function leadsBack({ statusCode, headers }: IncomingMessage, id: string): boolean {
  return statusCode === LOOP_STATUS && headers[LOOP_HEADER] === id;
}
