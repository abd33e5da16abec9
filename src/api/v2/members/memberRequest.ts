/** The body of a membership request, read as etcd 3.4 reads it: `{"peerURLs":["http://host:port"]}`. */
import type { IncomingMessage } from 'node:http';
import { readBody, type BodyRoom } from '../../http/body';
import { parsePeerUrls } from './peerUrls';

export type MemberRequest =
  | { readonly ok: true; readonly peerURLs: readonly string[] }
  | { readonly ok: false; readonly status: 400 | 413 | 415; readonly message: string };

/** A list of URLs is short; a longer body is a mistake or an attack. */
export const BODY_MAX_BYTES = 64 * 1024;

const JSON_TYPE = 'application/json';
const GO_TYPE = 'struct { PeerURLs []string "json:\\"peerURLs\\"" }';

/** Checks type, size, JSON and URLs, in this order. See `readBody` for the rest. */
export async function readMemberRequest(
  request: IncomingMessage,
  hasRoomFor?: BodyRoom['hasRoomFor'],
): Promise<MemberRequest> {
  const contentType = request.headers['content-type'] ?? '';
  // Go compares the part before the semicolon as it is, case and all.
  if (contentType.split(';', 1)[0]?.trim() !== JSON_TYPE) {
    request.resume();
    return { ok: false, status: 415, message: `Bad Content-Type ${contentType}, accept ${JSON_TYPE}` };
  }
  const body = await readBody(request, BODY_MAX_BYTES, hasRoomFor);
  if (body === undefined) return { ok: false, status: 413, message: 'http: request body too large' };
  return parseMemberRequest(Buffer.from(body, 'latin1').toString('utf8'));
}

/** Unknown fields are ignored, and Go matches the name of the known one in any case. */
export function parseMemberRequest(text: string): MemberRequest {
  if (text.trim() === '') return refuse('unexpected end of JSON input');
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return refuse('invalid JSON in the request body');
  }
  if (parsed === null) return checked([]);
  if (typeof parsed !== 'object' || Array.isArray(parsed)) return mismatch(parsed, `value of type ${GO_TYPE}`);
  const field: [string, unknown] | undefined = Object.entries(parsed).findLast(
    ([name, value]) => name.toLowerCase() === 'peerurls' && value !== null,
  );
  if (field === undefined) return checked([]);
  return Array.isArray(field[1]) ? parseList(field[1]) : mismatch(field[1], 'struct field .peerURLs of type []string');
}

function parseList(list: readonly unknown[]): MemberRequest {
  const texts: string[] = [];
  for (const item of list) {
    if (item !== null && typeof item !== 'string') return mismatch(item, 'struct field .peerURLs of type string');
    // Half a surrogate pair is no text: by way of UTF-8 it becomes U+FFFD, as in Go.
    texts.push(Buffer.from(item ?? '', 'utf8').toString('utf8'));
  }
  return checked(texts);
}

function checked(texts: readonly string[]): MemberRequest {
  const parsed = parsePeerUrls(texts);
  return parsed.ok ? { ok: true, peerURLs: parsed.urls } : refuse(parsed.message);
}

function mismatch(value: unknown, wanted: string): MemberRequest {
  return refuse(`json: cannot unmarshal ${jsonKind(value)} into Go ${wanted}`);
}

function refuse(message: string): MemberRequest {
  return { ok: false, status: 400, message };
}

function jsonKind(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
