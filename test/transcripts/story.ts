import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { isDivergenceId } from './divergence';
import type { DivergenceId } from './divergence';
import type { Ending } from '../support/responseReader';

/** What a step expects, or what a server was seen to answer. Headers that are compared but absent are not in `headers`. */
export interface Answer {
  /** Absent if no answer came; 0 says so where the other server answered. */
  readonly status?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  /** Recorded only if the answer was not complete: still coming when the step gave up, or cut off by the server. */
  readonly ending?: Ending | undefined;
  /** Raw requests only: the statuses of any answers after the first, and whether the server then closed the connection. */
  readonly further?: readonly number[] | undefined;
  readonly closed?: boolean | undefined;
}

interface StepBase {
  readonly title: string;
  /** Names of the headers that are recorded and compared. */
  readonly compare: readonly string[];
  readonly divergence: DivergenceId | undefined;
  /** Recorded from etcd; undefined until then. */
  readonly expect: Answer | undefined;
  /** Where a divergence is named: the parts of the answer in which Cairn differs. */
  readonly cairn: Answer | undefined;
}

export interface RequestStep extends StepBase {
  readonly kind: 'request';
  readonly method: string;
  readonly target: string;
  /** Of the member's two ports, that which the request goes to. */
  readonly port: 'client' | 'peer';
  readonly headers: readonly (readonly [string, string])[];
  readonly form: readonly (readonly [string, string])[] | undefined;
  readonly multipart: readonly (readonly [string, string])[] | undefined;
  /** The body as it is, sent as a urlencoded form unless `headers` say otherwise. */
  readonly data: string | undefined;
  /** The body as it is, sent as JSON. */
  readonly json: string | undefined;
  /** `NAME:PASSWORD`, sent as HTTP's Basic credentials. */
  readonly as: string | undefined;
  /** Goes on in the background under this name once its headers have come. */
  readonly background: string | undefined;
  /** Sent this many times; the last answer counts. */
  readonly repeat: number;
  /** Sent again and again (bounded) until the answer has this status. */
  readonly until: number | undefined;
  /** Read for this long, milliseconds, or until complete; then given up. */
  readonly pendingMs: number | undefined;
  /** Read until this many lines have come; then given up. */
  readonly events: number | undefined;
  /** Names for parts of the answer: a header's name, or a path into the JSON body such as `node.modifiedIndex`. */
  readonly capture: Readonly<Record<string, string>>;
}

/** Bytes written as they are, one character a byte. */
export interface RawStep extends StepBase {
  readonly kind: 'raw';
  readonly raw: string;
  /** As in a request: the server may wait for more. */
  readonly pendingMs: number | undefined;
}

export interface AwaitStep extends StepBase {
  readonly kind: 'await';
  readonly name: string;
  readonly events: number | undefined;
}

/** The client of a request in the background goes away. */
export interface HangUpStep extends StepBase {
  readonly kind: 'hangUp';
  readonly name: string;
}

export interface SilentStep extends StepBase {
  readonly kind: 'silent';
  readonly name: string;
  readonly forMs: number;
}

/** The member is stopped and started again with the same data. */
export interface RestartStep extends StepBase {
  readonly kind: 'restart';
}

export type Step = RequestStep | RawStep | AwaitStep | SilentStep | HangUpStep | RestartStep;

export interface Story {
  readonly file: string;
  readonly title: string;
  readonly steps: readonly Step[];
}

const DEFAULT_COMPARE = ['Content-Type', 'X-Etcd-Index'];
const STEP_FIELDS = new Set(
  (
    'title note request port raw headers as form multipart data json background repeat until pending events capture await silent for ' +
    'restart hangUp compare divergence cairn expect'
  ).split(' '),
);

/** The story files of a folder, in order of their names. */
export function storyFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => join(folder, name));
}

/** Reads a story file. Throws with file and step if the file does not say what it must. */
export function readStory(file: string): Story {
  return parseStory(file, readFileSync(file, 'utf8'));
}

/** The same for a text that is, or was made from, the one in the file. */
export function parseStory(file: string, content: string): Story {
  const document: unknown = parse(content);
  const top = record(document, file);
  const compare = top['compare'] === undefined ? DEFAULT_COMPARE : strings(top['compare'], `${file}: compare`);
  const steps = list(top['steps'], `${file}: steps`).map((step, index) =>
    readStep(record(step, `${file}: step ${index + 1}`), `${basename(file)}: step ${index + 1}`, compare),
  );
  return { file, title: text(top['title'], `${file}: title`), steps };
}

function readStep(step: Record<string, unknown>, where: string, compare: readonly string[]): Step {
  for (const field of Object.keys(step))
    if (!STEP_FIELDS.has(field)) throw new Error(`${where}: unknown field ${field}`);
  const base = readBase(step, where, compare);
  if (step['request'] !== undefined) return readRequest(step, where, base);
  if (step['raw'] !== undefined) {
    return { ...base, kind: 'raw', raw: text(step['raw'], where), pendingMs: optional(step['pending'], where, number) };
  }
  if (step['await'] !== undefined) {
    return {
      ...base,
      kind: 'await',
      name: text(step['await'], where),
      events: optional(step['events'], where, number),
    };
  }
  if (step['silent'] !== undefined) {
    return { ...base, kind: 'silent', name: text(step['silent'], where), forMs: number(step['for'], where) };
  }
  if (step['hangUp'] !== undefined) return { ...base, kind: 'hangUp', name: text(step['hangUp'], where) };
  if (step['restart'] !== undefined) return { ...base, kind: 'restart' };
  throw new Error(`${where}: nothing to do`);
}

function readBase(step: Record<string, unknown>, where: string, compare: readonly string[]): StepBase {
  const divergence = optional(step['divergence'], where, text);
  if (divergence !== undefined && !isDivergenceId(divergence))
    throw new Error(`${where}: unknown divergence ${divergence}`);
  if ((divergence === undefined) !== (step['cairn'] === undefined)) {
    throw new Error(`${where}: "divergence" and "cairn" come together`);
  }
  return {
    title: text(step['title'], where),
    compare: optional(step['compare'], where, strings) ?? compare,
    divergence,
    expect: optional(step['expect'], where, readAnswer),
    cairn: optional(step['cairn'], where, readAnswer),
  };
}

function readRequest(step: Record<string, unknown>, where: string, base: StepBase): RequestStep {
  const line = text(step['request'], where);
  const space = line.indexOf(' ');
  return {
    ...base,
    kind: 'request',
    method: line.slice(0, space),
    target: line.slice(space + 1),
    port: portOf(optional(step['port'], where, text), where),
    headers: optional(step['headers'], where, fields) ?? [],
    form: optional(step['form'], where, fields),
    multipart: optional(step['multipart'], where, fields),
    data: optional(step['data'], where, text),
    json: optional(step['json'], where, text),
    as: optional(step['as'], where, text),
    background: optional(step['background'], where, text),
    repeat: optional(step['repeat'], where, number) ?? 1,
    until: optional(step['until'], where, number),
    pendingMs: optional(step['pending'], where, number),
    events: optional(step['events'], where, number),
    capture: Object.fromEntries(optional(step['capture'], where, fields) ?? []),
  };
}

function portOf(name: string | undefined, where: string): RequestStep['port'] {
  if (name !== undefined && name !== 'client' && name !== 'peer') throw new Error(`${where}: port ${name}`);
  return name ?? 'client';
}

function readAnswer(value: unknown, where: string): Answer {
  const answer = record(value, where);
  const ending = optional(answer['ending'], where, text);
  if (ending !== undefined && ending !== 'open' && ending !== 'cut' && ending !== 'complete') {
    throw new Error(`${where}: ending ${ending}`);
  }
  return {
    status: optional(answer['status'], where, number),
    headers: answer['headers'] === undefined ? undefined : Object.fromEntries(fields(answer['headers'], where)),
    body: optional(answer['body'], where, text),
    ending,
    further: optional(answer['further'], where, (each) => list(each, where).map((one) => number(one, where))),
    closed: optional(answer['closed'], where, (each) => each === true),
  };
}

function optional<T>(value: unknown, where: string, read: (value: unknown, where: string) => T): T | undefined {
  return value === undefined ? undefined : read(value, where);
}

function record(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${where}: not a map`);
  return Object.fromEntries(Object.entries(value));
}

function fields(value: unknown, where: string): [string, string][] {
  return Object.entries(record(value, where)).map(([name, each]) => [name, scalar(each, where)]);
}

function scalar(value: unknown, where: string): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(`${where}: not a text`);
}

function list(value: unknown, where: string): unknown[] {
  if (!Array.isArray(value)) throw new Error(`${where}: not a list`);
  return value;
}

function strings(value: unknown, where: string): string[] {
  return list(value, where).map((each) => text(each, where));
}

function text(value: unknown, where: string): string {
  if (typeof value !== 'string') throw new Error(`${where}: not a text`);
  return value;
}

function number(value: unknown, where: string): number {
  if (typeof value !== 'number') throw new Error(`${where}: not a number`);
  return value;
}
