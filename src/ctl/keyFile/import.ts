/** `cairn import`: keys as a file says. */
import { runCommand, say, UsageError } from '../arguments';
import { keysOf, type Environment } from '../connection';
import { directoriesAbove, type KeyEntry } from './keyDocument';
import { KeyStore } from './keyStore';
import { carryOutPlan } from './carryOutPlan';
import { planChanges } from './plan';
import { readKeyFile, type ImportedKeys } from './readKeyFile';
import { prefixOf } from '../prefix';

const TTLS = ['date', 'left', 'none'] as const;
const ONCE_CHANGED = 'with --existing keep what somebody else wrote stays, and with --existing replace the file counts';

/**
 * `cairn import FILE [--prefix PREFIX] [--existing refuse|keep|replace] [--ttl date|left|none] [--url URL]`: writes what `cairn export` wrote, or the keys of a
 * snapshot of etcd 0.4. Whatever
 * stands in the way is told before anything is written, and what somebody else changes meanwhile is left alone.
 */
export function importKeys(args: readonly string[], environment: Environment = process.env): Promise<number> {
  return runCommand('import', args, async (values) => {
    const existing = values.choice('existing', ['refuse', 'keep', 'replace']);
    const ttl = values.choice('ttl', TTLS);
    const given = values.has('prefix') ? prefixOf(values.text('prefix'), '--prefix') : undefined;
    const keys = await keysOf(values, environment);
    const path = values.operand('FILE');
    const nowMs = Date.now();
    const document = await readKeyFile(path, nowMs);
    const prefix = given ?? prefixOf(document.prefix, 'prefix');
    if (ttl === 'left' && !document.isDated)
      throw new UsageError(
        `${path} does not say when it was written, so nobody knows what was left: use --ttl date or none`,
      );
    const alive = ttl === 'date' ? aliveIn(document, nowMs) : document.keys;
    const store = new KeyStore(keys, prefix);
    const present = (await store.read(hiddenIn(alive))).map((found) => found.present);
    // What they have left counts from now on, as it does of what was just read.
    const readMs = Date.now();
    const plan = planChanges(alive, present, { prune: false, existing, ttlS: (entry) => ttlOf(entry, ttl, readMs) });
    const done = await carryOutPlan(plan, store, prefix, existing === 'refuse' ? ONCE_CHANGED : undefined);
    const over = document.keys.length - alive.length;
    const words = [
      `${done} written`,
      `${alive.length - done} left as they were`,
      ...(over > 0 ? [`${over} whose time is over`] : []),
    ];
    say(`${prefix === '' ? '/' : prefix}: ${words.join(', ')}`);
  });
}

/** Without what is over, and what lies in directories whose time is over: it is gone with them. */
function aliveIn({ keys }: ImportedKeys, nowMs: number): readonly KeyEntry[] {
  const over = new Set(
    keys.flatMap(({ key, expiry }) => (expiry !== undefined && Date.parse(expiry.date) <= nowMs ? [key] : [])),
  );
  return keys.filter(({ key }) => ![...directoriesAbove(key), key].some((each) => over.has(each)));
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

/** Each directory or key that is hidden: what is hidden in one that is hidden itself is not listed with it, and has to be asked for by name too. */
function hiddenIn(keys: readonly KeyEntry[]): readonly string[] {
  const hidden = keys.flatMap(({ key }) => [...directoriesAbove(key), key].filter((each) => /\/_[^/]*$/.test(each)));
  return [...new Set(hidden)];
}
