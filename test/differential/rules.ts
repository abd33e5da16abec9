import type { DivergenceId } from '../transcripts/divergence';
import { isStream, isWatch, valueOf } from './step';
import type { Body, Parameter, Step } from './step';
import { differences } from './seen';
import type { Seen } from './seen';

/**
 * A difference between the two servers that is meant to be. Either etcd is asked in words it understands (`forEtcd`), or the
 * two answers are recognised as the two sides of the difference (`forgives`): these parts of the answers may then differ, the
 * rest must still be the same.
 */
export interface Rule {
  readonly divergence: DivergenceId;
  readonly forEtcd?: (step: Step) => Step;
  readonly forgives?: (step: Step, etcd: Seen, cairn: Seen) => readonly (keyof Seen)[];
}

const LONGEST_TTL_SECONDS = 9_223_372_036n;

/** Paths that are not clean are followed to where etcd redirects them, by the runner: `path-cleaning` needs no more. */
export const RULES: readonly Rule[] = [
  {
    divergence: 'root-key',
    forgives: (_, etcd, cairn) => (cairn.body.replace('{"key":"/",', '{') === etcd.body ? ['body'] : []),
  },
  { divergence: 'bool-case', forEtcd: (step) => mapParameters(step, ([name, value]) => [name, plainBoolean(value)]) },
  { divergence: 'multipart', forEtcd: (step) => ({ ...step, body: asForm(step.body) }) },
  { divergence: 'ttl-overflow', forEtcd: (step) => mapParameters(step, withoutOverflow) },
  {
    divergence: 'stream-replay',
    forgives: (step, etcd, cairn) =>
      isStream(step) && etcd.body !== '' && firstLine(etcd.body) === firstLine(cairn.body) ? ['body'] : [],
  },
  {
    divergence: 'history-prefix',
    forgives: (step, etcd) => (isWatch(step) && isForeignDirectory(step, etcd.body) ? ['body', 'ending'] : []),
  },
];

/** The step as etcd is asked. */
export function stepForEtcd(step: Step): Step {
  return RULES.reduce((asked, rule) => rule.forEtcd?.(asked) ?? asked, step);
}

/** The divergence that explains the difference, if one does. */
export function explanationOf(step: Step, etcd: Seen, cairn: Seen): DivergenceId | undefined {
  return RULES.find((rule) => {
    const parts = rule.forgives?.(step, etcd, cairn) ?? [];
    const forgiven = Object.fromEntries(parts.map((part) => [part, etcd[part]]));
    return parts.length > 0 && differences(etcd, { ...cairn, ...forgiven }).length === 0;
  })?.divergence;
}

function mapParameters(step: Step, map: (parameter: Parameter) => Parameter): Step {
  const body: Body = step.body.kind === 'form' ? { ...step.body, fields: step.body.fields.map(map) } : step.body;
  return { ...step, query: step.query.map(map), body };
}

function plainBoolean(value: string): string {
  const lower = value.toLowerCase();
  return lower === 'true' || lower === 'false' ? lower : value;
}

function asForm(body: Body): Body {
  return body.kind === 'multipart' ? { ...body, kind: 'form' } : body;
}

function withoutOverflow([name, value]: Parameter): Parameter {
  const overflows = name === 'ttl' && /^\d{1,19}$/.test(value) && BigInt(value) > LONGEST_TTL_SECONDS;
  return [name, overflows ? '' : value];
}

function firstLine(text: string): string | undefined {
  return text.split('\n')[0];
}

/** A deleted directory whose name the watched key begins with, without being in it. */
function isForeignDirectory(step: Step, body: string): boolean {
  if (!body.includes('"action":"delete"') || !body.includes('"dir":true')) return false;
  const directory = /"key":"([^"]*)"/.exec(body)?.[1];
  if (directory === undefined) return false;
  const [, below = ''] = /^\/[^/]+(\/.*)$/.exec(directory) ?? [];
  const watched = decodeURIComponent(step.path.replace(/%(?![2-7])/g, '%25'));
  return (
    valueOf(step.query, 'waitIndex') !== undefined && watched.startsWith(below) && !watched.startsWith(`${below}/`)
  );
}
