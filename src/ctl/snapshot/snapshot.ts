/** `cairn snapshot ACTION FILE`: the state of a cluster as a file. */
import { loadState } from '../../snapshot/loadedState';
import { TtlCount } from '../../snapshot/ttlCount';
import { flagsOf } from '../../config/commands';
import { runCommand, say, sayJson, UsageError, type CommandArguments } from '../arguments';
import { clientConnection, type Environment } from '../connection';
import { isDirectory, tellBackup } from './backupReport';
import { outputOf } from './output';
import { shown, withFile } from './readWhole';
import { factsOf, jsonOf, linesOf, type LookedAt } from './report';
import { ALONE, carryOutFollow, type FollowSurroundings } from './follow/followCommand';
import { carryOutRestore } from './restoreCommand';
import { save } from './save';
import { followFlags, restoreFlags } from '../../config/commands/snapshotFlags';

type Carry = (
  values: CommandArguments,
  file: string,
  environment: Environment,
  surroundings: FollowSurroundings,
) => Promise<void>;

/** What each word does, and which options it has besides --output. */
const ACTIONS: Readonly<Record<string, { readonly flags: readonly string[]; readonly carryOut: Carry }>> = {
  save: {
    flags: ['url', 'replace', 'without-quorum', 'user-file', 'ca-file', 'cert-file', 'key-file'],
    carryOut: carryOutSave,
  },
  status: { flags: [], carryOut: carryOutStatus },
  verify: { flags: [], carryOut: carryOutVerify },
  restore: { flags: Object.keys(restoreFlags), carryOut: carryOutRestore },
  follow: {
    flags: [...Object.keys(followFlags), 'url', 'user-file', 'ca-file', 'cert-file', 'key-file'],
    carryOut: carryOutFollow,
  },
};

/**
 * `cairn snapshot save FILE`, `status FILE`, `verify FILE`, `restore FILE --data-dir DIR` or `follow DIR`. Exits with 1 if a file is not whole, and says where.
 */
export function snapshot(
  args: readonly string[],
  environment: Environment = process.env,
  surroundings: FollowSurroundings = ALONE,
): Promise<number> {
  return runCommand('snapshot', args, async (values) => {
    const given = Object.keys(flagsOf('snapshot')).filter((name) => values.has(name));
    checkValues(values, given);
    const [word, file] = [values.operand('ACTION'), values.operand('FILE')];
    const action = Object.hasOwn(ACTIONS, word) ? ACTIONS[word] : undefined;
    if (action === undefined) {
      throw new UsageError(`${JSON.stringify(word)} is no action; give one of ${Object.keys(ACTIONS).join(', ')}`);
    }
    const surplus = given.find((name) => name !== 'output' && !action.flags.includes(name));
    if (surplus !== undefined) throw new UsageError(`--${surplus} is not for ${word}: leave it out`);
    await action.carryOut(values, file, environment, surroundings);
  });
}

/** Whatever the action is: a value that cannot be is a mistake. @throws UsageError */
function checkValues(values: CommandArguments, given: readonly string[]): void {
  for (const name of given) {
    const flag = flagsOf('snapshot')[name];
    if (flag?.bounds !== undefined) values.number(name);
    else if (flag?.placeholder !== undefined) values.text(name);
  }
  if (values.has('url')) values.urls('url');
  outputOf(values);
}

async function carryOutSave(
  values: CommandArguments,
  file: string,
  environment: Environment,
  { onStop }: FollowSurroundings,
): Promise<void> {
  const stopping = new AbortController();
  onStop(() => {
    stopping.abort(new Error('stopped before its end: nothing was kept'));
  });
  const { signal } = stopping;
  const connection = await clientConnection(values, environment);
  const replaces = values.isOn('replace');
  const found = await save({ ...connection, file, replaces, quorum: !values.isOn('without-quorum'), signal });
  tell(values, { found }, `saved to ${file}, and it is whole`);
}

async function carryOutStatus(values: CommandArguments, path: string): Promise<void> {
  if (await isDirectory(path)) {
    await tellBackup(values, path, false);
    return;
  }
  const ttls = new TtlCount(Date.now());
  const found = await withFile(path, (file) =>
    shown('reading', (listener) => file.read({ ...listener, rows: ttls.add })),
  );
  tell(values, { found, ttls }, 'every byte is as it was written');
}

async function carryOutVerify(values: CommandArguments, path: string): Promise<void> {
  if (await isDirectory(path)) {
    await tellBackup(values, path, true);
    return;
  }
  await withFile(path, async (file) => {
    const ttls = new TtlCount(Date.now());
    const loaded = await shown('verifying', (listener) => loadState(file, { ...listener, rows: ttls.add }));
    const verdict = 'every byte is as it was written, and it is a state that can be restored';
    tell(values, { found: loaded.snapshot, ttls, facts: factsOf(loaded) }, verdict);
  });
}

function tell(values: CommandArguments, looked: LookedAt, verdict: string): void {
  if (outputOf(values) === 'json') {
    sayJson(jsonOf(looked));
    return;
  }
  for (const line of linesOf(looked)) say(line);
  say(`ok       ${verdict}`);
}
