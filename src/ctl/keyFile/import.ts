/** `cairn import`: keys as a file says. */
import { readFile } from 'node:fs/promises';
import { runCommand, say, UsageError, type CommandArguments } from '../arguments';
import { keysOf, type Environment } from '../connection';
import { isDirectory, KeyFileError, parseKeyDocument, type KeyDocument, type KeyEntry } from './keyDocument';
import { whyUnreadable } from '../whyUnreadable';
import { KeyStore } from './keyStore';
import { carryOutPlan } from './carryOutPlan';
import { planChanges, type PlanRules } from './plan';
import { prefixOf } from './prefix';

const EXISTING: readonly PlanRules['existing'][] = ['refuse', 'keep', 'replace'];
const TTLS = ['date', 'left', 'none'] as const;

const STANDARD_INPUT = '-';

/**
 * `cairn import FILE [--prefix PREFIX] [--existing refuse|keep|replace] [--ttl date|left|none] [--url URL]`: writes what `cairn export` wrote. Whatever
 * stands in the way is told before anything is written, and what somebody else changes meanwhile is left alone.
 */
export function importKeys(args: readonly string[], environment: Environment = process.env): Promise<number> {
  return runCommand('import', args, async (values) => {
    const existing = choice(values, 'existing', EXISTING);
    const ttl = choice(values, 'ttl', TTLS);
    const given = values.has('prefix') ? prefixOf(values.text('prefix'), '--prefix') : undefined;
    const keys = await keysOf(values, environment);
    const path = values.operand('FILE');
    const document = await read(path);
    const prefix = given ?? prefixOf(document.prefix, 'prefix');
    const nowMs = Date.now();
    const alive = ttl === 'date' ? document.keys.filter((entry) => isAlive(entry, document, nowMs)) : document.keys;
    const store = new KeyStore(keys, prefix);
    const present = (await store.read(hiddenIn(alive))).map((found) => found.present);
    const plan = planChanges(alive, present, { prune: false, existing, ttlS: (entry) => ttlOf(entry, ttl, nowMs) });
    const done = await carryOutPlan(plan, store, prefix, `cairn import ${path} --existing keep`);
    const over = document.keys.length - alive.length;
    const words = [
      `${done} written`,
      `${alive.length - done} left as they were`,
      ...(over > 0 ? [`${over} whose time is over`] : []),
    ];
    say(`${prefix === '' ? '/' : prefix}: ${words.join(', ')}`);
  });
}

function choice<Choice extends string>(values: CommandArguments, name: string, choices: readonly Choice[]): Choice {
  const found = choices.find((each) => each === values.text(name));
  if (found === undefined) throw new UsageError(`--${name} has to be one of ${choices.join(', ')}`);
  return found;
}

async function read(path: string): Promise<KeyDocument> {
  let text: string;
  try {
    text = await readFile(path === STANDARD_INPUT ? '/dev/stdin' : path, 'utf8');
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${whyUnreadable(error)}`);
  }
  try {
    return parseKeyDocument(text);
  } catch (error) {
    if (error instanceof KeyFileError) throw new UsageError(`${path}: ${error.message}`);
    throw error;
  }
}

/** What lies in a directory whose time is over is gone with it. */
function isAlive(entry: KeyEntry, { keys }: KeyDocument, nowMs: number): boolean {
  const over = (each: KeyEntry): boolean => each.expiry !== undefined && Date.parse(each.expiry.date) <= nowMs;
  return !over(entry) && !keys.some((each) => isDirectory(each) && over(each) && entry.key.startsWith(`${each.key}/`));
}

function ttlOf({ expiry }: KeyEntry, ttl: (typeof TTLS)[number], nowMs: number): number | undefined {
  if (expiry === undefined) return undefined;
  switch (ttl) {
    case 'none':
      return undefined;
    case 'left':
      return expiry.ttlS;
    case 'date':
      return Math.max(1, Math.ceil((Date.parse(expiry.date) - nowMs) / 1000));
  }
}

/** Of hidden keys the first hidden part is what has to be asked for by name. */
function hiddenIn(keys: readonly KeyEntry[]): readonly string[] {
  const hidden = keys.flatMap(({ key }) => /^.*?\/_[^/]*/.exec(key)?.[0] ?? []);
  return [...new Set(hidden)];
}
