/**
 * Which bytes are one whole key request in the plainest form of HTTP/1.1, so that Node's parser need not be asked. Whatever is not certain
 * is undefined, and Node's to read and to answer: every form here is one that Node's parser, and any other, reads the same way.
 */
import { isHost } from '../connection/admission';

export type DirectMethod = 'GET' | 'PUT' | 'POST' | 'DELETE';

export interface DirectRequest {
  readonly method: DirectMethod;
  /** As in the request line. */
  readonly target: string;
  /** Of the Host header. */
  readonly host: string;
  /** A urlencoded form as a byte string; undefined: there is no body. */
  readonly form: string | undefined;
  /** The client asks for the end of the connection behind the answer. */
  readonly isLast: boolean;
}

/** Longer ones have their costs elsewhere. */
export const DIRECT_BYTES_MAX = 32 * 1024;
/** Of request line and headers. */
const HEAD_BYTES_MAX = 4096;

/** Method, a target below /v2/keys in characters that stand for themselves in any URL, the version. */
const REQUEST_LINE = /^(GET|PUT|POST|DELETE) (\/v2\/keys[\w\-.~!$&'()*+,;=:@/%?]*) HTTP\/1\.1\r\n/;

/** One space or none, then visible characters without spaces around them. */
const HEADER = /^([A-Za-z-]+): ?([!-~](?:[ -~]*[!-~])?)$/;

/** Headers that change nothing in what is answered, beside those that `factsOf` looks at. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set([
  'user-agent',
  'accept',
  'accept-encoding',
  'accept-language',
  'sec-fetch-mode',
]);

/** Its bytes are the same whatever it says of them, as in Go. */
const FORM_TYPE = /^application\/x-www-form-urlencoded(?:; ?charset=(?:UTF|utf)-8)?$/;

const LENGTH = /^(?:0|[1-9]\d{0,5})$/;

/** What there is to know of a block of headers. */
interface HeaderFacts {
  readonly host: string;
  /** Undefined: none was announced. */
  readonly formLength: number | undefined;
  readonly isLast: boolean;
}

/** Blocks of headers that are remembered: a client sends the same one again and again. Others are read each time. */
const REMEMBERED_MAX = 256;
const REMEMBERED_LENGTH_MAX = 512;

/** Recognises direct requests. */
export class DirectReader {
  private remembered = new Map<string, HeaderFacts>();

  /** @param maxHeaderBytes of request line and headers, as for all requests */
  constructor(private readonly maxHeaderBytes: number) {}

  /**
   * @param bytes all that came since the request before
   * @returns 'begun': a direct request will be whole with the rest of its form
   */
  read(bytes: Buffer): DirectRequest | 'begun' | undefined {
    if (bytes.length > DIRECT_BYTES_MAX) return undefined;
    const text = bytes.latin1Slice();
    const line = REQUEST_LINE.exec(text);
    if (line === null) return undefined;
    const [{ length: lineLength }, method, target] = line as unknown as [string, DirectMethod, string];
    const headersEnd = text.indexOf('\r\n\r\n', lineLength - 2) + 2;
    const headLength = headersEnd + 2;
    if (headersEnd < 2 || headLength > Math.min(HEAD_BYTES_MAX, this.maxHeaderBytes)) return undefined;
    const facts = this.factsOf(text.slice(lineLength, headersEnd));
    const length = headLength + (facts?.formLength ?? 0);
    if (facts === undefined || text.length > length || length > DIRECT_BYTES_MAX) return undefined;
    // Who writes says what; a form where none belongs is for others to judge.
    if ((facts.formLength === undefined) !== (method === 'GET' || method === 'DELETE')) return undefined;
    if (text.length < length) return 'begun';
    const { host, isLast } = facts;
    if (facts.formLength === undefined) return { method, target, host, form: undefined, isLast };
    // What may stay is of its own: a part of a text keeps all of it.
    const start = method.length + 1;
    const own = bytes.latin1Slice(start, start + target.length);
    return { method, target: own, host, form: bytes.latin1Slice(headLength), isLast };
  }

  private factsOf(headers: string): HeaderFacts | undefined {
    const known = this.remembered.get(headers);
    if (known !== undefined) return known;
    const facts = readFacts(headers);
    if (facts === undefined || headers.length > REMEMBERED_LENGTH_MAX) return facts;
    if (this.remembered.size >= REMEMBERED_MAX) this.remembered.clear();
    this.remembered.set(Buffer.from(headers, 'latin1').latin1Slice(), facts);
    return facts;
  }
}

/** @param headers each with its line end */
function readFacts(headers: string): HeaderFacts | undefined {
  const seen = new Map<string, string>();
  for (const line of headers.split('\r\n').slice(0, -1)) {
    const [, name = '', value = ''] = HEADER.exec(line) ?? [];
    const lower = name.toLowerCase();
    if (name === '' || seen.has(lower)) return undefined;
    seen.set(lower, value);
  }
  let host: string | undefined;
  let formLength: number | undefined;
  let isForm = false;
  let isLast = false;
  for (const [name, value] of seen) {
    switch (name) {
      case 'host':
        if (!isHost(value)) return undefined;
        host = Buffer.from(value, 'latin1').latin1Slice();
        break;
      case 'connection':
        isLast = value.toLowerCase() === 'close';
        if (!isLast && value.toLowerCase() !== 'keep-alive') return undefined;
        break;
      case 'content-type':
        if (!FORM_TYPE.test(value)) return undefined;
        isForm = true;
        break;
      case 'content-length':
        if (!LENGTH.test(value)) return undefined;
        formLength = Number(value);
        break;
      default:
        if (!WITHOUT_EFFECT.has(name)) return undefined;
    }
  }
  if (host === undefined || isForm !== (formLength !== undefined)) return undefined;
  return { host, formLength, isLast };
}
