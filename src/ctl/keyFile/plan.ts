/** What has to be done so that a prefix holds what a file or directory says. Pure. */
import { directoriesAbove, isDirectory, type KeyEntry } from './keyDocument';

/** A key below the prefix, as it was read. */
export type PresentKey = {
  readonly key: string;
  /** Of its last change: what may be overwritten is this, and nothing newer. */
  readonly modifiedIndex: number;
  /** It goes away by itself. */
  readonly hasTtl: boolean;
  /** Seconds that it had left; undefined: nobody asks for them, or it has none. */
  readonly ttlS?: number;
} & ({ readonly value: string } | { readonly directory: true });

export type Change =
  | { readonly kind: 'makeDirectory'; readonly key: string; readonly ttlS?: number }
  | { readonly kind: 'create'; readonly key: string; readonly value: string; readonly ttlS?: number }
  | {
      readonly kind: 'replace';
      readonly key: string;
      readonly value: string;
      readonly before: string;
      readonly modifiedIndex: number;
      readonly ttlS?: number;
    }
  | { readonly kind: 'delete'; readonly key: string; readonly before: string; readonly modifiedIndex: number }
  | { readonly kind: 'removeDirectory'; readonly key: string };

/** What cannot be done without losing something that nobody asked to lose. */
export interface Obstacle {
  readonly key: string;
  readonly reason: string;
}

export interface Plan {
  /** In the order in which they can be carried out. */
  readonly changes: readonly Change[];
  readonly obstacles: readonly Obstacle[];
}

export interface PlanRules {
  /** Keys that are not wanted go. Those with a TTL, or below a directory with one, do not: they belong to whoever renews it. */
  readonly prune: boolean;
  /** What becomes of a wanted key that is there with another value. */
  readonly existing: 'replace' | 'keep' | 'refuse';
  /** Seconds that an entry gets; undefined: it stays until somebody deletes it. */
  readonly ttlS: (entry: KeyEntry) => number | undefined;
}

/** What was read a moment ago, and is told in whole seconds, is not as exact as that. */
const TTL_MARGIN_S = 5;

export function planChanges(wanted: readonly KeyEntry[], present: readonly PresentKey[], rules: PlanRules): Plan {
  const here = new Map(present.map((each) => [each.key, each] as const));
  const obstacles: Obstacle[] = [];
  const removals = new Map<string, Change>();
  const additions: Change[] = [];
  const directories = new Set(wanted.flatMap(({ key }) => directoriesAbove(key)));
  const passing = new Set(present.filter(isPassing(present)));

  for (const key of directories) makeWayForDirectory(key);
  // Those that are made are made before what is in them, which would make them too, and without a TTL.
  for (const entry of shallowFirst(wanted.filter(isDirectory))) {
    const found = here.get(entry.key);
    if (found === undefined || 'value' in found)
      additions.push({ kind: 'makeDirectory', key: entry.key, ...ttlOf(entry) });
    makeWayForDirectory(entry.key);
    directories.add(entry.key);
  }
  for (const entry of wanted) if (!isDirectory(entry)) addValue(entry.key, entry.value, ttlOf(entry));
  if (rules.prune) prune();
  return { changes: [...deepestFirst(removals.values()), ...additions], obstacles };

  function ttlOf(entry: KeyEntry): { readonly ttlS?: number } {
    const ttlS = rules.ttlS(entry);
    return ttlS === undefined ? {} : { ttlS };
  }

  function makeWayForDirectory(key: string): void {
    const found = here.get(key);
    if (found === undefined || 'directory' in found) return;
    if (passing.has(found)) obstacles.push({ key, reason: 'it has a value with a TTL, and a directory is wanted' });
    else if (rules.prune) removals.set(key, deletion(found.key, found.value, found.modifiedIndex));
    else obstacles.push({ key, reason: 'it has a value, and a directory is wanted' });
  }

  function addValue(key: string, value: string, ttl: { readonly ttlS?: number }): void {
    const found = here.get(key);
    if (found === undefined) additions.push({ kind: 'create', key, value, ...ttl });
    else if ('directory' in found) {
      if (!rules.prune) obstacles.push({ key, reason: 'it is a directory, and a value is wanted' });
      else additions.push({ kind: 'create', key, value, ...ttl });
    } else if (found.value === value && found.hasTtl === (ttl.ttlS !== undefined) && !endsAmiss(found, ttl)) return;
    else if (rules.existing === 'replace')
      additions.push({ kind: 'replace', key, value, before: found.value, modifiedIndex: found.modifiedIndex, ...ttl });
    else if (rules.existing === 'refuse') obstacles.push({ key, reason: 'it is there already, with another value' });
  }

  /** Only where what is there gives way: to others a TTL that was renewed is no other value. */
  function endsAmiss(found: PresentKey, ttl: { readonly ttlS?: number }): boolean {
    if (rules.existing !== 'replace' || found.ttlS === undefined || ttl.ttlS === undefined) return false;
    return Math.abs(found.ttlS - ttl.ttlS) > TTL_MARGIN_S;
  }

  /** What stands where a value is wanted goes too, with all that is in it; so does what is nowhere wanted. */
  function prune(): void {
    const values = new Set(wanted.flatMap((entry) => (isDirectory(entry) ? [] : [entry.key])));
    const kept = new Set<string>();
    for (const each of passing) {
      if ('directory' in each && directories.has(each.key)) continue;
      for (const key of [...directoriesAbove(each.key), each.key]) kept.add(key);
    }
    for (const each of present) {
      if ('directory' in each) {
        if (directories.has(each.key)) continue;
        if (!kept.has(each.key)) removals.set(each.key, { kind: 'removeDirectory', key: each.key });
        else if (values.has(each.key))
          obstacles.push({
            key: each.key,
            reason: 'it is a directory with a TTL, in one or with keys that have one, and a value is wanted',
          });
      } else if (!values.has(each.key) && !kept.has(each.key))
        removals.set(each.key, deletion(each.key, each.value, each.modifiedIndex));
    }
  }
}

/** Whether it goes away by itself, alone or with a directory above it. */
function isPassing(present: readonly PresentKey[]): (each: PresentKey) => boolean {
  const own = new Set(present.filter(({ hasTtl }) => hasTtl).map(({ key }) => key));
  return ({ key }) => own.has(key) || directoriesAbove(key).some((above) => own.has(above));
}

function deletion(key: string, before: string, modifiedIndex: number): Change {
  return { kind: 'delete', key, before, modifiedIndex };
}

/** Stable: what is equally deep stays in its order. */
function shallowFirst<Keyed extends { readonly key: string }>(list: Iterable<Keyed>): readonly Keyed[] {
  return [...list].sort((one, other) => depthOf(one) - depthOf(other));
}

function deepestFirst(changes: Iterable<Change>): readonly Change[] {
  return [...changes].sort((one, other) => depthOf(other) - depthOf(one));
}

function depthOf({ key }: { readonly key: string }): number {
  return key.split('/').length;
}
