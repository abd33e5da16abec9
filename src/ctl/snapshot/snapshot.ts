/** `cairn snapshot ACTION FILE`: the state of a cluster as a file. */
import { restore } from '../../snapshot/restore';
import { LoadedState } from '../../snapshot/loadedState';
import type { ReadSnapshot } from '../../snapshot/openFile';
import { flagsOf } from '../../config/commands';
import { runCommand, say, sayJson, UsageError, type CommandArguments } from '../arguments';
import { clientConnection, type Environment } from '../connection';
import { Progress } from './progress';
import { readAll, withFile } from './readWhole';
import { factsOf, jsonOf, linesOf, type StateFacts } from './report';
import { restoreOptionsOf } from './restoreOptions';
import { save } from './save';
import { restoreFlags } from '../../config/commands/snapshotFlags';

type Carry = (values: CommandArguments, file: string, environment: Environment) => Promise<void>;

/** What each word does, and which options it has besides --output. */
const ACTIONS: Readonly<Record<string, { readonly flags: readonly string[]; readonly carryOut: Carry }>> = {
  save: {
    flags: ['url', 'replace', 'without-quorum', 'user-file', 'ca-file', 'cert-file', 'key-file'],
    carryOut: carryOutSave,
  },
  status: { flags: [], carryOut: carryOutStatus },
  verify: { flags: [], carryOut: carryOutVerify },
  restore: { flags: Object.keys(restoreFlags), carryOut: carryOutRestore },
};

/**
 * `cairn snapshot save FILE`, `status FILE`, `verify FILE` or `restore FILE --data-dir DIR`. Exits with 1 if a file is not whole, and says where.
 */
export function snapshot(args: readonly string[], environment: Environment = process.env): Promise<number> {
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
    await action.carryOut(values, file, environment);
  });
}

/** Whatever the action is: a value that cannot be is a mistake. @throws UsageError */
function checkValues(values: CommandArguments, given: readonly string[]): void {
  for (const name of given) if (flagsOf('snapshot')[name]?.placeholder !== undefined) values.text(name);
  if (values.has('url')) values.url('url');
  outputOf(values);
}

function outputOf(values: CommandArguments): 'text' | 'json' {
  return values.choice('output', ['text', 'json']);
}

async function carryOutSave(values: CommandArguments, file: string, environment: Environment): Promise<void> {
  const connection = await clientConnection(values, environment);
  const replaces = values.isOn('replace');
  const found = await save({ ...connection, file, replaces, quorum: !values.isOn('without-quorum') });
  tell(values, found, `saved to ${file}, and it is whole`);
}

async function carryOutStatus(values: CommandArguments, path: string): Promise<void> {
  const found = await withFile(path, (file) => readAll(file, 'reading'));
  tell(values, found, 'every byte is as it was written');
}

async function carryOutVerify(values: CommandArguments, path: string): Promise<void> {
  await withFile(path, async (file) => {
    const state = new LoadedState();
    const found = await readAll(file, 'verifying', (rows) => {
      state.add(rows);
    });
    state.finish();
    tell(values, found, 'every byte is as it was written, and it is a state that can be restored', factsOf(state));
  });
}

async function carryOutRestore(values: CommandArguments, path: string): Promise<void> {
  const options = restoreOptionsOf(values, Date.now());
  const report = await withFile(path, async (file) => {
    let shown: Progress | undefined;
    const progressOf = (what: string): Progress => {
      shown?.end();
      shown = new Progress(what);
      return shown;
    };
    try {
      return await restore(file, { ...options, progressOf });
    } finally {
      shown?.end();
    }
  });
  if (outputOf(values) === 'json') {
    sayJson({ ...report, dataDir: options.dataDir });
    return;
  }
  say(`restored ${report.keys} keys and directories into ${options.dataDir}`);
  say(`member   ${options.name} (${report.memberId}) of the new cluster ${report.clusterId}`);
  say(`index    ${report.etcdIndex} (X-Etcd-Index): a watch from the past is told that the history is gone`);
  if (options.members.length === 1) {
    say('next     start it with the same --data-dir, --name and --initial-advertise-peer-urls');
    return;
  }
  say(
    `next     run the same with --name and --data-dir of each of the other members, on this very file, and then start all of them`,
  );
}

function tell(values: CommandArguments, found: ReadSnapshot, verdict: string, facts?: StateFacts): void {
  if (outputOf(values) === 'json') {
    sayJson(jsonOf(found, facts));
    return;
  }
  for (const line of linesOf(found, facts)) say(line);
  say(`ok       ${verdict}`);
}
