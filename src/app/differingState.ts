/** What becomes of the data directory of a member whose state is not that of the majority. */
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { ForceNewClusterError } from '../member/forceNewCluster';
import { StateDiffersError } from '../member/integrityCheck';
import { clusterOfMarked, DIFFERING_FILE, differingFileText, moveAside } from '../platform/differingDirectory';
import { exists } from '../platform/exists';
import { REPLACE } from '../platform/plainFile';
import { REMOVED_FILE } from '../platform/removedFile';
import type { KnownCluster } from '../platform/standbyFile';
import { withoutTrailingSlashes } from '../platform/trailingSlashes';

/**
 * Durable when it returns: right after it the process ends. A mark that is there stays as it is where nobody knows more than it: each start that is
 * refused because of it comes here, too.
 *
 * @param known the cluster that the member comes back to
 */
export function markDiffering(dataDir: string, known: KnownCluster | undefined, logger: Pick<Logger, 'error'>): void {
  const mark = join(dataDir, DIFFERING_FILE);
  if (known === undefined && existsSync(mark)) return;
  try {
    writeMark(mark, differingFileText(known));
    const directory = openSync(dataDir, 'r');
    fsyncSync(directory);
    closeSync(directory);
  } catch (error) {
    logger.error(
      { err: error, dataDir },
      'the data directory could not be marked as one with a wrong state: move it aside before this member is started again',
    );
  }
}

/** A whole mark takes the place of another one. On a full disk an empty one is better than none. Throws as writing does. */
function writeMark(mark: string, text: string): void {
  const draft = `${mark}.new`;
  const file = openSync(draft, REPLACE, 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
    renameSync(draft, mark);
  } catch (error) {
    if (existsSync(mark)) rmSync(draft);
    else renameSync(draft, mark);
    throw error;
  } finally {
    closeSync(file);
  }
}

export interface LeavingOptions {
  readonly autoRejoin: boolean;
  readonly forceNewCluster: boolean;
  /** The options say whom to ask. Without that a member without data founds a cluster. */
  readonly namesOthers: boolean;
}

/**
 * Before a start: a marked directory is moved aside with --auto-rejoin, so that the member begins without data and takes its
 * place as a new one. Rejects with StateDiffersError if it may not, if nobody says where that place is, or if the directory cannot be moved, and
 * with ForceNewClusterError if a marked one, or that of a removed member, is to be made a cluster.
 */
export async function leaveDiffering(
  dataDir: string,
  { autoRejoin, forceNewCluster, namesOthers }: LeavingOptions,
  logger: Pick<Logger, 'warn'>,
): Promise<void> {
  const path = withoutTrailingSlashes(dataDir) || '/';
  if (forceNewCluster) await refuseMarked(path);
  if (!(await exists(join(path, DIFFERING_FILE)))) return;
  const found = `the state in the data directory ${path} was found to differ from that of the majority of the members`;
  const known = await clusterOfMarked(path);
  if (!autoRejoin) {
    throw new StateDiffersError(
      `${found}; it is not served from. Remove this member from the cluster, move the directory aside, add the member again and ` +
        `start it${joining(known)}, or set --auto-rejoin to let it do so by itself`,
    );
  }
  if (known === undefined && !namesOthers) {
    throw new StateDiffersError(
      `${found}, and neither it nor the options name another member: begun anew, this one would found a second cluster. Start it with ` +
        '--join-urls and the peer URLs of the other members',
    );
  }
  try {
    const aside = await moveAside(path, known);
    logger.warn(
      { dataDir: path, aside },
      `${found}; it was moved aside to ${aside}, and this member begins without data. Delete it when nobody needs it any more`,
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StateDiffersError(
      `${found}, and it cannot be moved aside (${reason}); empty it by hand and start this member again${joining(known)}`,
    );
  }
}

/** With data that are gone without a note, the options alone say where a member belongs. */
function joining(known: KnownCluster | undefined): string {
  const urls = known?.members.flatMap(({ peerURLs }) => peerURLs) ?? [];
  return urls.length === 0 ? '' : ` with --join-urls ${urls.join()}`;
}

/** @throws ForceNewClusterError if there is a reason not to make a cluster from the directory */
async function refuseMarked(path: string): Promise<void> {
  const why = [
    [DIFFERING_FILE, 'its state was found to differ from that of the majority of the members'],
    [REMOVED_FILE, 'its member was removed from the cluster'],
  ] as const;
  for (const [file, reason] of why) {
    if (!(await exists(join(path, file)))) continue;
    throw new ForceNewClusterError(
      `--force-new-cluster is not carried out with the data directory ${path}: ${reason}. Use the data of another member; if this ` +
        `is all there is left, remove the file ${file} in it and start again`,
    );
  }
}
