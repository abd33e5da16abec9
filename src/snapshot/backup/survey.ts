/** What is in the directory of a backup, and how far back and forth it leads. */
import { DecodeError } from '../../machine/bytes';
import { FEATURE_LEVEL } from '../../machine/features';
import { decodeMeta } from '../../machine/metaRow';
import { SnapshotDamage } from '../format/damage';
import type { SnapshotHeader } from '../format/fileHeader';
import { loadState } from '../loadedState';
import type { LogMark } from '../format/logHeader';
import type { ReadSnapshot } from '../openFile';
import { isLink, LogChain, type Link } from './chain';
import { withFilesOf, type BackupFile, type BackupFiles } from './files';
import { FullFile } from './fullFile';
import { leadOn, tornText } from './leadOn';
import { Replay } from './replay';

export interface FoundFull {
  readonly file: BackupFile;
  readonly snapshot: ReadSnapshot;
  readonly etcdIndex: number;
}

/** States that can be restored without a hole between them. */
export interface Range {
  readonly first: FoundFull;
  /** The last entry of the log. */
  readonly lastEntry: number;
  /** X-Etcd-Index of the last state; without `isExact` there may be later ones, as only a replay shows. */
  readonly etcdIndex: number;
  readonly isExact: boolean;
  /** Up to when it is known what the state was. */
  readonly dateMs: number;
}

export interface Survey {
  readonly fulls: readonly FoundFull[];
  readonly logs: readonly Link[];
  /** The oldest first. */
  readonly ranges: readonly Range[];
  /** What is damaged, and where. */
  readonly damage: readonly string[];
  /** What is not as it should be, though it is nobody's fault. */
  readonly notes: readonly string[];
}

/**
 * Looks at every byte. Rejects as reading does, and with BackupError if a replay does not lead to what members had, or files go each time that
 * it is read.
 *
 * @param replays loads each snapshot and carries the logs out too, which takes as much memory as a member with that state does
 * @param progress told the name of each file that is read
 */
export function survey(
  directory: string,
  replays: boolean,
  progress: (name: string) => void = () => undefined,
): Promise<Survey> {
  return withFilesOf(directory, (files) => surveyOf(files, replays, progress));
}

async function surveyOf(files: BackupFiles, replays: boolean, progress: (name: string) => void): Promise<Survey> {
  const damage: string[] = [];
  const fulls: FoundFull[] = [];
  for (const file of files.fulls) {
    progress(file.name);
    const found = await readFull(file, replays);
    if (found instanceof SnapshotDamage) damage.push(`${file.name}: ${found.message}`);
    else fulls.push(found);
  }
  const chain = new LogChain(files.logs);
  const logs: Link[] = [];
  for (const file of files.logs) {
    progress(file.name);
    logs.push(await chain.linkOf(file));
  }
  for (const { file, extent } of logs)
    if (extent.damage !== undefined) damage.push(`${file.name}: ${extent.damage.message}`);
  const notes = logs.flatMap(({ file, extent }) =>
    extent.torn === undefined ? [] : [tornText(file.name, extent.torn)],
  );
  const ranges: Range[] = [];
  for (const first of fulls) {
    if (first.snapshot.header.index <= (ranges.at(-1)?.lastEntry ?? -1)) continue;
    ranges.push(replays ? await replayed(first, chain, progress) : await looked(first, chain));
  }
  damage.push(...unreachable(logs, ranges));
  return { fulls, logs, ranges, damage, notes };
}

/** Logs to which nothing leads: one before them was cut off or is lost. What is before all snapshots is left over, and no loss. */
function unreachable(logs: readonly Link[], ranges: readonly Range[]): readonly string[] {
  const oldest = ranges[0]?.first.snapshot.header.index;
  if (oldest === undefined) return [];
  return logs
    .filter(({ file, extent: { last, damage } }) => damage === undefined && last > file.index && last > oldest)
    .filter(({ extent: { last } }) => !ranges.some((range) => isIn(range, last)))
    .map(({ file, extent: { last } }) => {
      const before = ranges.map(({ lastEntry }) => lastEntry).filter((entry) => entry <= file.index);
      const missing = `those from ${Math.max(oldest, ...before) + 1} on are missing or cannot be read`;
      return `${file.name}: nothing leads to its entries ${file.index + 1} to ${last}, because ${missing}`;
    });
}

function isIn({ first, lastEntry }: Range, entry: number): boolean {
  return entry > first.snapshot.header.index && entry <= lastEntry;
}

async function readFull(file: BackupFile, loads: boolean): Promise<FoundFull | SnapshotDamage> {
  const opened = await FullFile.open(file);
  try {
    if (loads) {
      const { snapshot, machine } = await loadState(opened);
      return { file, snapshot, etcdIndex: machine.keySpace.index };
    }
    let etcdIndex = 0;
    const snapshot = await opened.read({
      rows: (rows) => {
        const meta = rows.find(({ table, key }) => table === 'meta' && key === '');
        if (meta !== undefined) etcdIndex = decodeMeta(meta.value, FEATURE_LEVEL).index;
      },
    });
    return { file, snapshot, etcdIndex };
  } catch (error) {
    if (error instanceof SnapshotDamage) return error;
    if (error instanceof DecodeError)
      return new SnapshotDamage(0, `all bytes are as they were written, but it is no state: ${error.message}`);
    throw error;
  } finally {
    await opened.close();
  }
}

function beginOf({ index, term, takenAtMs }: SnapshotHeader): { index: number; term: number; dateMs: number } {
  return { index, term, dateMs: takenAtMs };
}

/** By what stands in the logs. */
async function looked(first: FoundFull, chain: LogChain): Promise<Range> {
  const { clusterId } = first.snapshot.header;
  let { index, term, dateMs } = beginOf(first.snapshot.header);
  let [etcdIndex, markedAt] = [first.etcdIndex, index];
  const marked = (mark: LogMark | undefined): void => {
    if (mark === undefined || mark.index < markedAt) return;
    markedAt = mark.index;
    etcdIndex = mark.etcdIndex;
    dateMs = Math.max(dateMs, mark.dateMs);
  };
  for (let found = await chain.after(index); isLink(found); found = await chain.after(index)) {
    ({ last: index, term } = found.extent);
    marked(found.extent.lastMark);
  }
  for (const mark of await chain.marksAt(clusterId, { index, term })) marked(mark);
  return { first, lastEntry: index, etcdIndex, isExact: markedAt === index, dateMs };
}

/** By carrying them out. */
async function replayed(first: FoundFull, chain: LogChain, progress: (name: string) => void): Promise<Range> {
  const file = await FullFile.open(first.file);
  try {
    const { snapshot, machine } = await loadState(file);
    const { clusterId } = snapshot.header;
    const replay = new Replay(machine, beginOf(snapshot.header), { kind: 'newest' });
    const ledTo = await leadOn({ chain, replay, clusterId, progress, note: () => undefined });
    const { index: lastEntry, dateMs } = replay.position;
    return { first, lastEntry, etcdIndex: machine.keySpace.index, isExact: true, dateMs: ledTo?.knownMs ?? dateMs };
  } finally {
    await file.close();
  }
}
