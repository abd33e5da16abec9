/** `cairn snapshot restore FILE|DIR`: the data directory of a member of a new cluster. */
import { withPast } from '../../snapshot/backup/openPast';
import type { Target } from '../../snapshot/backup/target';
import type { StateSource } from '../../snapshot/openFile';
import { refuseTakenDirectory, restore, type RestoreOptions, type RestoreReport } from '../../snapshot/restore';
import { say, sayJson, UsageError, type CommandArguments } from '../arguments';
import { isDirectory } from './backupReport';
import { outputOf } from './output';
import { Progress } from './progress';
import { restoredTtlText } from './report';
import { withFile } from './readWhole';
import { restoreOptionsOf, targetOf } from './restoreOptions';

/** What was restored of a backup. */
interface Origin {
  readonly index: number;
  readonly date: string;
  readonly full: string;
  readonly notes: readonly string[];
}

export async function carryOutRestore(values: CommandArguments, path: string): Promise<void> {
  const options = restoreOptionsOf(values, Date.now());
  const target = targetOf(values);
  if (await isDirectory(path)) {
    await refuseTakenDirectory(options.dataDir);
    await ofBackup(values, path, target ?? { kind: 'newest' }, options);
    return;
  }
  if (target !== undefined)
    throw new UsageError('--at-index and --at-time are for the directory of a backup: a file is one state');
  const report = await withFile(path, (file) => shown(file, options));
  tellRestored(values, options, report, undefined);
}

async function ofBackup(
  values: CommandArguments,
  path: string,
  target: Target,
  options: Omit<RestoreOptions, 'progressOf'>,
): Promise<void> {
  const { report, origin } = await withPast(path, target, async ({ state, etcdIndex, base, notes }) => {
    const origin = { index: etcdIndex, date: new Date(state.position.dateMs).toISOString(), full: base.name, notes };
    return { origin, report: await shown(state, options) };
  });
  tellRestored(values, options, report, origin);
}

async function shown(source: StateSource, options: Omit<RestoreOptions, 'progressOf'>): Promise<RestoreReport> {
  let line: Progress | undefined;
  const progressOf = (what: string): Progress => {
    line?.end();
    line = new Progress(what);
    return line;
  };
  try {
    return await restore(source, { ...options, progressOf });
  } finally {
    line?.end();
  }
}

function tellRestored(
  values: CommandArguments,
  options: Omit<RestoreOptions, 'progressOf'>,
  report: RestoreReport,
  origin: Origin | undefined,
): void {
  if (outputOf(values) === 'json') {
    const from = origin === undefined ? {} : { restored: origin };
    sayJson({ ...report, dataDir: options.dataDir, ...from });
    return;
  }
  if (origin !== undefined) {
    say(`state    of index ${origin.index}, ${origin.date}; made from ${origin.full}`);
    for (const note of origin.notes) say(`note     ${note}`);
  }
  say(
    `restored ${report.keys} keys and directories into ${options.dataDir}, with the new members below /_etcd for the old`,
  );
  say(`member   ${options.name} (${report.memberId}) of the new cluster ${report.clusterId}`);
  say(`index    ${report.etcdIndex} (X-Etcd-Index): a watch from the past is told that the history is gone`);
  if (report.keysWithTtl > 0) say(`ttl      ${restoredTtlText(report, options.ttl)}`);
  if (options.members.length === 1) {
    say('next     start it with the same --data-dir, --name and --initial-advertise-peer-urls');
    return;
  }
  const same =
    origin === undefined ? 'on this very file' : 'on this very directory, to which nothing may be written meanwhile';
  say(
    `next     run the same with --name and --data-dir of each of the other members, ${same}, and then start all of them`,
  );
}
