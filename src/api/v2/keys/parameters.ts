/** The parameters of /v2/keys: names, spellings and the order in which they are checked (spec v2-api section 2). */
import type { ErrorCode } from '../../errors';
import type { Form } from '../../http/form';
import { indexOf, parseUint64 } from '../../http/goInteger';

export interface KeyParameters {
  readonly value: string;
  readonly dir: boolean;
  readonly recursive: boolean;
  readonly sorted: boolean;
  readonly wait: boolean;
  readonly stream: boolean;
  readonly quorum: boolean;
  /** From 0.4: a read that must not be stale. Never refused, whatever its text. */
  readonly consistent: boolean;
  readonly refresh: boolean;
  readonly noValueOnSuccess: boolean;
  /** Undefined: not given. */
  readonly prevExist: boolean | undefined;
  /** Empty: not given. */
  readonly prevValue: string;
  /** A uint64; 0n: not given. */
  readonly prevIndex: bigint;
  /** 0: from the next event on. */
  readonly waitIndex: number;
  /** Undefined: permanent. */
  readonly ttlSeconds: number | undefined;
}

/** A parameter that was refused. */
export interface BadParameter {
  readonly code: ErrorCode;
  readonly cause: string;
}

/** Every name that means something; others are ignored. */
export const PARAMETER_NAMES: ReadonlySet<string> = new Set([
  'value',
  'dir',
  'recursive',
  'sorted',
  'wait',
  'stream',
  'quorum',
  'consistent',
  'refresh',
  'noValueOnSuccess',
  'prevExist',
  'prevValue',
  'prevIndex',
  'waitIndex',
  'ttl',
]);

/** What a request without parameters means. */
const DEFAULTS: KeyParameters = {
  value: '',
  dir: false,
  recursive: false,
  sorted: false,
  wait: false,
  stream: false,
  quorum: false,
  consistent: false,
  refresh: false,
  noValueOnSuccess: false,
  prevExist: undefined,
  prevValue: '',
  prevIndex: 0n,
  waitIndex: 0,
  ttlSeconds: undefined,
};

/** Signals a refusal inside this file only, so that the order of the checks reads as the table of the spec. */
class Refused extends Error {
  constructor(readonly bad: BadParameter) {
    super(bad.cause);
  }
}

/** Checks and converts the parameters of one request. */
export function readKeyParameters(form: Form, method: string): KeyParameters | BadParameter {
  if (form.size === 0) return DEFAULTS;
  try {
    return convert(form, method);
  } catch (error) {
    if (error instanceof Refused) return error.bad;
    throw error;
  }
}

export function isBadParameter(parameters: KeyParameters | BadParameter): parameters is BadParameter {
  return 'code' in parameters;
}

/** The order of the statements is the order of the checks. */
function convert(form: Form, method: string): KeyParameters {
  const prevIndex = uint64(form, 'prevIndex', 203) ?? 0n;
  const waitIndex = uint64(form, 'waitIndex', 203) ?? 0n;
  const recursive = flag(form, 'recursive');
  const sorted = flag(form, 'sorted');
  const wait = flag(form, 'wait');
  const dir = flag(form, 'dir');
  const quorum = flag(form, 'quorum');
  const stream = flag(form, 'stream');
  if (wait && method !== 'GET') refuse(209, '"wait" can only be used with GET requests');
  const prevValue = form.get('prevValue') ?? '';
  if (prevValue === '' && form.has('prevValue')) refuse(201, '"prevValue" cannot be empty');
  const noValueOnSuccess = flag(form, 'noValueOnSuccess');
  const ttl = form.get('ttl') === '' ? undefined : uint64(form, 'ttl', 202);
  const prevExist = optionalFlag(form, 'prevExist');
  const refresh = optionalFlag(form, 'refresh') ?? false;
  const value = form.get('value') ?? '';
  if (refresh && value !== '') refuse(211, 'A value was provided on a refresh');
  if (refresh && ttl === undefined) refuse(212, 'No TTL value set');
  return {
    value,
    dir,
    recursive,
    sorted,
    wait,
    stream,
    quorum,
    consistent: form.get('consistent')?.toLowerCase() === 'true',
    refresh,
    noValueOnSuccess,
    prevExist,
    prevValue,
    prevIndex,
    waitIndex: indexOf(waitIndex),
    ttlSeconds: ttl === undefined ? undefined : Number(ttl),
  };
}

function refuse(code: ErrorCode, cause: string): never {
  throw new Refused({ code, cause });
}

function flag(form: Form, name: string): boolean {
  const text = form.get(name);
  if (text === undefined) return false;
  return parseFlag(text) ?? refuse(209, `invalid value for "${name}"`);
}

/** A flag of three states, whose complaint has no quotes. */
function optionalFlag(form: Form, name: string): boolean | undefined {
  const text = form.get(name);
  if (text === undefined) return undefined;
  return parseFlag(text) ?? refuse(209, `invalid value for ${name}`);
}

/** Go's ParseBool, and `true` and `false` in any case (spec conflicts row 48). */
function parseFlag(text: string): boolean | undefined {
  switch (text.toLowerCase()) {
    case '1':
    case 't':
    case 'true':
      return true;
    case '0':
    case 'f':
    case 'false':
      return false;
    default:
      return undefined;
  }
}

function uint64(form: Form, name: string, code: ErrorCode): bigint | undefined {
  const text = form.get(name);
  if (text === undefined) return undefined;
  return parseUint64(text) ?? refuse(code, `invalid value for "${name}"`);
}
