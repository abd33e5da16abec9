/** `cairn restore-once FILE`: a member of a new release begins with a snapshot. For the init container of a pod. */
import { codeOf } from '../../platform/errorCode';
import { replaceDurably } from '../../platform/durable';
import type { Dial } from '../../platform/dial';
import { readPlainFile } from '../../platform/plainFile';
import { withoutTrailingSlashes } from '../../platform/trailingSlashes';
import { discardHalfFilled, foundDataIn, unlessFilled } from '../../snapshot/foundData';
import { restore, type RestoreOptions } from '../../snapshot/restore';
import { flagsOf } from '../../config/commands';
import { runCommand, say, type CommandArguments } from '../arguments';
import type { AskMembers } from '../clearRemoved';
import { peerConnections, type Environment } from '../connection';
import { decide, type Found } from './onceDecision';
import { memberNameOf } from './memberName';
import { withFile } from './readWhole';
import { restoredTtlText } from './report';
import { restoreOptionsOf } from './restoreOptions';
import { removeDraft, volumeNoteIn, whyNotNoted, writeNote } from './volumeNote';

/** How long one member may take to say of which cluster it is; all are asked at once. */
const ASK_TIMEOUT_MS = 3000;

/** Another cluster runs where this one was to begin. */
class BegunError extends Error {
  override readonly name = 'BegunError';
}

/**
 * Restores FILE into a data directory unless this place of this release, which `--initial-cluster-token` names, has begun before. Exits with 0
 * also where nothing is restored, and says why; with 1 where the directory has data that are none of this, or the restore fails.
 */
export function restoreOnce(
  args: readonly string[],
  ask: AskMembers,
  environment: Environment = process.env,
): Promise<number> {
  return runCommand('restore-once', args, async (values) => {
    for (const option of Object.keys(flagsOf('restore-once'))) if (values.has(option)) values.text(option);
    const dial = await peerConnections(values, environment);
    const record = values.text('record');
    const { name, dataDir, token } = placeIn(values);
    const notePath = `${dataDir}.restored`;
    const found: Found = {
      data: await foundDataIn(dataDir),
      note: volumeNoteIn(await textOf(notePath)),
      isRecorded: (await textOf(record)) !== undefined,
      isFounder: namesIn(values).includes(name),
    };
    const decision = decide(found, token);
    switch (decision.kind) {
      case 'refuse':
        throw new Error(`${dataDir} ${decision.why}`);
      case 'leave':
        await settleNote(notePath, dataDir, found, token);
        await discardHalfFilled(dataDir);
        if (decision.isToRecord) await writeRecord(record, found);
        say(`${name}: ${decision.why}`);
        return;
      case 'restore':
        await begin(values.operand('FILE'), { ...restoreOptionsOf(values, Date.now()), dataDir }, notePath, ask, dial);
        await writeRecord(record, found);
    }
  });
}

/**
 * What a run that was killed between its last steps did not come to: the note says how far it was, and no draft of it stays. Never rejects: a
 * member that has its data starts without it, also on a full disk.
 */
async function settleNote(notePath: string, dataDir: string, { data, note }: Found, token: string): Promise<void> {
  const isUnfinished = data === 'there' && note?.token === token && note.phase === 'restoring';
  if (!isUnfinished) await removeDraft(notePath);
  else await unlessFilled(dataDir, () => writeNote(notePath, { token, phase: 'restored' })).catch(() => undefined);
}

async function begin(
  path: string,
  options: RestoreOptions,
  notePath: string,
  ask: AskMembers,
  dial: Dial,
): Promise<void> {
  const { name, members, token } = options;
  const others = members.filter((member) => member.name !== name).flatMap(({ peerURLs }) => peerURLs);
  try {
    const report = await withFile(path, (file) =>
      restore(file, {
        ...options,
        onPlanned: ({ clusterId }) => refuseAnother(clusterId, others, (url) => ask(url, ASK_TIMEOUT_MS, dial)),
        onBegin: () => writeNote(notePath, { token, phase: 'restoring' }),
        onDone: () => writeNote(notePath, { token, phase: 'restored' }),
      }),
    );
    say(
      `${name}: restored ${report.keys} keys and directories; member ${report.memberId} of the new cluster ${report.clusterId}`,
    );
    if (report.ttlsOver > 0) say(`${name}: ttl: ${restoredTtlText(report)}`);
  } catch (error) {
    if (!(error instanceof BegunError)) throw error;
    // What an earlier run began here is of a cluster that is none: the member joins that one, and needs an empty place.
    await discardHalfFilled(options.dataDir);
    say(`${name}: ${error.message}; nothing is restored`);
  }
}

/** Members that were restored from the same file for the same release are of the same cluster; they may be up before this one. */
async function refuseAnother(
  clusterId: string,
  urls: readonly string[],
  ask: (url: string) => ReturnType<AskMembers>,
): Promise<void> {
  const answers = await Promise.all(urls.map((url) => ask(url).catch(() => undefined)));
  const at = answers.findIndex((answer) => answer !== undefined && answer.clusterId !== clusterId);
  if (at >= 0)
    throw new BegunError(`a member of another cluster (${answers[at]?.clusterId ?? ''}) runs at ${urls[at] ?? ''}`);
}

function placeIn(values: CommandArguments): {
  readonly name: string;
  readonly dataDir: string;
  readonly token: string;
} {
  return {
    name: memberNameOf(values),
    dataDir: withoutTrailingSlashes(values.text('data-dir')),
    token: values.text('initial-cluster-token'),
  };
}

function namesIn(values: CommandArguments): readonly string[] {
  return values
    .text('initial-cluster')
    .split(',')
    .map((entry) => entry.split('=', 1)[0]?.trim() ?? '');
}

async function writeRecord(path: string, { isRecorded }: Found): Promise<void> {
  if (isRecorded) return;
  const text = 'A member of a release of Cairn has begun: no snapshot is restored in its place again.\n';
  await replaceDurably(path, text).catch((error: unknown) => {
    throw whyNotNoted(path, error);
  });
}

/** Undefined if there is no such file. */
async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readPlainFile(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw whyNotNoted(path, error);
  }
}
