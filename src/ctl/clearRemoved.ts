/** `cairn clear-removed`: lets the place of a removed member be taken again. */
import { readdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { behindLinks, keepLinked } from '../platform/behindLinks';
import { clusterOfMarked, DIFFERING_FILE, moveAside } from '../platform/differingDirectory';
import { codeOf } from '../platform/errorCode';
import { reasonOf } from '../platform/networkError';
import { NotAFileError, readPlainFile } from '../platform/plainFile';
import { parseRemovedFile, REMOVED_FILE, type RemovalNote } from '../platform/removedFile';
import type { Dial } from '../platform/dial';
import { runCommand, say } from './arguments';
import { peerConnections, type Environment } from './connection';
import { ASIDE_MAX, diskLine, freePlace, keepNewest } from '../platform/asideDirectories';
import { withoutTrailingSlashes } from '../platform/trailingSlashes';

/** Who the members are, as a member says that listens at the URL; rejects if it does not say so in time. */
export type AskMembers = (
  peerUrl: string,
  timeoutMs: number,
  dial?: Dial,
) => Promise<{ readonly clusterId: string; readonly members: readonly { readonly id: string }[] }>;

/** How long one member may take to say who is listed; all are asked at once. */
const ASK_TIMEOUT_MS = 3000;
/** URLs that are asked; a note that lists more was not written by a member of a cluster of any use. */
const URLS_MAX = 32;

/**
 * `cairn clear-removed --data-dir DIR`: moves the data directory of a member that the cluster has removed aside, so that the
 * next start begins without data, as its options say. One whose state differs from the majority's is moved aside as DIR.differs-1
 * and so on, and all of them are kept; what begins there comes back to the same cluster, and where nobody knows which that was it is left
 * alone. So is any other directory, and one whose member is still listed by a cluster that can be asked. What was moved is kept as
 * DIR.removed-1, DIR.removed-2, ...; beyond two of them the oldest is deleted.
 * For the init container of a pod: a pod that is scaled away leaves its volume behind, and a later one of the same name would
 * find data that no cluster knows any more.
 */
export function clearRemoved(
  args: readonly string[],
  ask: AskMembers,
  environment: Environment = process.env,
): Promise<number> {
  return runCommand('clear-removed', args, async (values) => {
    const directory = withoutTrailingSlashes(values.text('data-dir'));
    const dial = await peerConnections(values, environment);
    try {
      await clear(directory, (url, timeoutMs) => ask(url, timeoutMs, dial));
    } catch (error) {
      throw explained(error, await behindLinks(directory).catch(() => directory));
    }
  });
}

async function clear(directory: string, ask: AskMembers): Promise<void> {
  if ((await contentOf(join(directory, DIFFERING_FILE))) !== undefined) {
    await clearDiffering(directory);
    return;
  }
  const mark = await contentOf(join(directory, REMOVED_FILE));
  if (mark === undefined) {
    say(`${directory}: ${await whyLeftAlone(directory)}`);
    return;
  }
  const note = parseRemovedFile(mark);
  const by = note === undefined ? undefined : await stillListedBy(note, ask);
  if (by !== undefined && note !== undefined) {
    say(
      `${directory}: marked as that of a removed member, but ${by} still lists member ${note.memberId}; left alone. ` +
        'Start the member; if it is to go, remove it from the cluster first',
    );
    return;
  }
  // In one step: a directory that is half gone would look like a broken one.
  const place = await behindLinks(directory);
  const aside = await freePlace(place);
  await rename(place, aside);
  await keepLinked(directory, place);
  await keepNewest(place);
  say(`${directory}: of a removed member, moved to ${aside} (the newest ${ASIDE_MAX} are kept)`);
  say(await diskLine(place));
}

/** Without a word of its cluster only the member's own start, which has the options, can tell whether what begins there would found another one. */
async function clearDiffering(directory: string): Promise<void> {
  const known = await clusterOfMarked(directory);
  if (known === undefined) {
    say(
      `${directory}: its state differs from that of the majority, and nothing in it names the other members; left alone. Start the member ` +
        'with --auto-rejoin, and with --join-urls and the peer URLs of the others if its options do not name them: it moves the directory aside itself',
    );
    return;
  }
  const kept = await moveAside(directory, known);
  say(`${directory}: its state differs from that of the majority, moved aside to ${kept}`);
}

/** A volume is empty before its first member: the init container goes on, and says what it found. */
async function whyLeftAlone(directory: string): Promise<string> {
  try {
    const { length } = await readdir(directory);
    return length === 0 ? 'an empty directory, nothing to clear' : 'not of a removed member, left alone';
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') return 'there is no such directory, nothing to clear';
    if (code === 'ENOTDIR') return 'this is no directory, nothing was cleared';
    throw error;
  }
}

/** The first URL whose member lists the one that was removed. Undefined: none of those that can be asked does. */
async function stillListedBy(
  { memberId, clusterId, peerURLs }: RemovalNote,
  ask: AskMembers,
): Promise<string | undefined> {
  const asked = peerURLs.slice(0, URLS_MAX).map(async (url) => {
    const cluster = await ask(url, ASK_TIMEOUT_MS).catch(() => undefined);
    return cluster?.clusterId === clusterId && cluster.members.some(({ id }) => id === memberId) ? url : undefined;
  });
  return (await Promise.all(asked)).find((url) => url !== undefined);
}

/** Most often the first to meet a volume that was handed over to somebody else. */
function explained(error: unknown, directory: string): unknown {
  const volume = dirname(directory);
  switch (codeOf(error)) {
    case 'EACCES':
    case 'EPERM':
      return new Error(
        `${reasonOf(error)}; the user ${process.getuid?.() ?? ''} may not write to ${volume}: let it belong to that user or to ` +
          'the fsGroup of the pod',
      );
    case 'EBUSY':
      return new Error(
        `${directory} is a mount point, which cannot be moved aside; nothing was changed. Mount the volume one level above it, or move ` +
          'what is in it away yourself',
      );
    case 'EROFS':
      return new Error(
        `${volume} is read-only, so ${directory} cannot be moved aside; nothing was changed. Mount it to be written to`,
      );
    case undefined:
    default:
      return error;
  }
}

/** Undefined if there is no such file. */
async function contentOf(path: string): Promise<string | undefined> {
  try {
    return await readPlainFile(path);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (error instanceof NotAFileError) throw new Error(`${path}: ${error.message}; nothing was changed`);
    throw error;
  }
}
