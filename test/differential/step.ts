import { FORM, encodeMultipart } from '../support/request';
import type { WireRequest } from '../support/request';

/** A name and its value, both already percent-encoded as they go onto the wire. */
export type Parameter = readonly [name: string, value: string];

export type Body =
  | { readonly kind: 'none' }
  | { readonly kind: 'form'; readonly fields: readonly Parameter[] }
  | { readonly kind: 'multipart'; readonly fields: readonly Parameter[] }
  | { readonly kind: 'text'; readonly contentType: string; readonly text: string };

/**
 * One random request. In path and parameters `<i+3>` stands for the third index after the sequence began and `<n+3>` for the
 * in-order name of that index, so that a step means the same on any server and after other steps were left out.
 */
export interface Step {
  readonly method: string;
  /** Percent-encoded; below the directory of the sequence, unless `atRoot`. */
  readonly path: string;
  /** Whether the path is counted from the root of the key space. */
  readonly atRoot: boolean;
  readonly query: readonly Parameter[];
  readonly body: Body;
}

/** Where a sequence runs: in a directory nothing else uses, from an index on. */
export interface Place {
  readonly directory: string;
  readonly baseIndex: number;
}

const BOUNDARY = '----differential';
const IN_ORDER_DIGITS = 20;

/** Whether the step waits for an event, as etcd reads its query. */
export function isWatch(step: Step): boolean {
  return step.method === 'GET' && valueOf(step.query, 'wait') === 'true' && valueOf(step.query, 'quorum') !== 'true';
}

export function isStream(step: Step): boolean {
  return isWatch(step) && valueOf(step.query, 'stream') === 'true';
}

/** The first value of a parameter. */
export function valueOf(parameters: readonly Parameter[], name: string): string | undefined {
  return parameters.find(([each]) => each === name)?.[1];
}

export function wireRequest(step: Step, place: Place): WireRequest {
  const base = { method: step.method, target: target(step, place) };
  switch (step.body.kind) {
    case 'none':
      return { ...base, headers: [] };
    case 'form':
      return withBody(base, FORM, Buffer.from(resolve(joined(step.body.fields), place)));
    case 'multipart': {
      const fields = step.body.fields.map(
        ([name, value]) => [name, resolve(decodeURIComponent(value), place)] as const,
      );
      return withBody(base, `multipart/form-data; boundary=${BOUNDARY}`, encodeMultipart(fields, BOUNDARY));
    }
    case 'text':
      return withBody(base, step.body.contentType, Buffer.from(step.body.text));
  }
}

/** The step as a shell command, for a variable HOST. */
export function asCurl(step: Step, place: Place): string {
  const request = wireRequest(step, place);
  const method = request.method === 'HEAD' ? '--head' : `-X ${request.method}`;
  const headers = request.headers.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`);
  const body = request.body === undefined ? [] : [`--data-binary ${quoted(request.body.toString())}`];
  return ['curl -i --path-as-is -g', method, `"$HOST"${quoted(request.target)}`, ...headers, ...body].join(' ');
}

function withBody(base: { method: string; target: string }, contentType: string, body: Buffer): WireRequest {
  return { ...base, headers: [['Content-Type', contentType]], body };
}

function target(step: Step, place: Place): string {
  const path = step.atRoot ? `/v2/keys${step.path}` : `/v2/keys/${place.directory}${step.path}`;
  return resolve(step.query.length === 0 ? path : `${path}?${joined(step.query)}`, place);
}

function joined(parameters: readonly Parameter[]): string {
  return parameters.map(([name, value]) => `${name}=${value}`).join('&');
}

function resolve(text: string, place: Place): string {
  return text.replace(/<([in])\+(\d+)>/g, (_, kind: string, offset: string) => {
    const index = String(place.baseIndex + Number(offset));
    return kind === 'i' ? index : index.padStart(IN_ORDER_DIGITS, '0');
  });
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
