import { nearest } from './nearest';
import { findVariable, variableNames } from './options';
import type { Setting } from './settings';

/** The environment as Node gives it. */
export type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = 'ETCD_';

/** Shorter names are too close to everything to be a useful guess. */
const GUESS_LENGTH_MIN = 3;

const guessable = variableNames
  .map((variable) => variable.slice(PREFIX.length))
  .filter((name) => name.length >= GUESS_LENGTH_MIN);

/**
 * The settings in ETCD_ variables, sorted by name, and a warning for each that means nothing (as etcd 2.3 warns). An
 * empty variable counts as not set. ETCDCTL_ variables belong to the client and are left alone.
 */
export function readEnvironment(environment: Environment): { settings: Setting[]; warnings: string[] } {
  const settings: Setting[] = [];
  const warnings: string[] = [];
  for (const variable of Object.keys(environment).sort()) {
    const text = environment[variable];
    if (!variable.startsWith(PREFIX) || text === undefined || text === '') continue;
    const named = findVariable(variable);
    if (named === undefined) warnings.push(explainUnknown(variable));
    else settings.push({ named, text, origin: { source: 'environment', variable } });
  }
  return { settings, warnings };
}

function explainUnknown(variable: string): string {
  const guess = nearest(variable.slice(PREFIX.length), guessable);
  const hint = guess === undefined ? '' : `; did you mean ${PREFIX}${guess}?`;
  return `${variable} is no option and has no effect${hint}`;
}
