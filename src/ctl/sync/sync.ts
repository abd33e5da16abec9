/** `cairn sync`: a directory of files, as it lies in Git, becomes what is below a prefix. */
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { runCommand, say, UsageError } from '../arguments';
import { keysOf, type Environment } from '../connection';
import { carryOutPlan, refuseObstacles } from '../keyFile/carryOutPlan';
import { KeyStore } from '../keyFile/keyStore';
import { planChanges } from '../keyFile/plan';
import { prefixOf } from '../prefix';
import { linesOfChange } from './showChanges';
import { readWantedKeys, WantedKeysError } from './wantedKeys';

/**
 * `cairn sync DIR PREFIX [--prune] [--dry-run] [--yes] [--names-only] [--trim-newline] [--url URL]`: shows what differs, asks, and writes it; what somebody
 * else changes meanwhile is not overwritten. Keys that no file names go only with --prune, and those with a TTL never.
 */
export function sync(args: readonly string[], environment: Environment = process.env): Promise<number> {
  return runCommand('sync', args, async (values) => {
    const directory = values.operand('DIR');
    const prefix = prefixOf(values.operand('PREFIX'), 'PREFIX');
    const keys = await keysOf(values, environment);
    const wanted = await read(directory, values.isOn('trim-newline'));
    const store = new KeyStore(keys, prefix);
    const present = (await store.read()).map((found) => found.present);
    const rules = { prune: values.isOn('prune'), existing: 'replace', ttlS: () => undefined } as const;
    const plan = planChanges(wanted, present, rules);
    const where = prefix === '' ? '/' : prefix;
    refuseObstacles(plan, prefix);
    if (plan.changes.length === 0) {
      say(`${where} is as ${directory} says`);
      return;
    }
    for (const change of plan.changes)
      for (const line of linesOfChange(prefix, change, { namesOnly: values.isOn('names-only') })) say(line);
    if (values.isOn('dry-run')) {
      say(`${changesOf(plan.changes.length)} would be made to ${where}; nothing was changed`);
      return;
    }
    if (
      !values.isOn('yes') &&
      !(await isAgreed(
        `Make ${plan.changes.length === 1 ? 'this change' : `these ${plan.changes.length} changes`} to ${where}? [y/N] `,
      ))
    )
      throw new Error('nothing was changed');
    const done = await carryOutPlan(plan, store, prefix);
    say(`${changesOf(done)} made to ${where}`);
  });
}

function changesOf(count: number): string {
  return count === 1 ? '1 change' : `${count} changes`;
}

async function read(directory: string, trimNewline: boolean) {
  try {
    return await readWantedKeys(directory, { trimNewline });
  } catch (error) {
    if (error instanceof WantedKeysError) throw new UsageError(error.message);
    throw error;
  }
}

/** @throws UsageError where nobody can be asked */
async function isAgreed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stdout.isTTY)
    throw new UsageError('nobody can be asked here: give --yes to make these changes, or --dry-run to see them only');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    // Ctrl-C and Ctrl-D close it without an answer.
    const closed = once(terminal, 'close').then(() => '');
    const answer = await Promise.race([terminal.question(question).catch(() => ''), closed]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
