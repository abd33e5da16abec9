/** Where in the log a backup stands, for whoever goes on with it. */
import { open } from 'node:fs/promises';
import { SnapshotDamage } from '../format/damage';
import type { SnapshotHeader } from '../format/fileHeader';
import { isLink, LogChain, type ChainEnd, type Link } from './chain';
import { withFilesOf, type BackupFile, type BackupFiles } from './files';
import { FullFile, headerOf } from './fullFile';
import { tornText } from './leadOn';

export interface Place {
  readonly clusterId: string;
  readonly index: number;
  readonly term: number;
}

export interface Resumption {
  /** Undefined: nothing leads on from what is there, and a full snapshot has to be taken. */
  readonly place: Place | undefined;
  /** That of the newest snapshot, where the log ends before it: for when nobody has the entries between the two any more. */
  readonly otherwise: Place | undefined;
  /** Whose backup it is; undefined if there is none. */
  readonly clusterId: string | undefined;
  /** Of the newest snapshot; 0 if there is none, or it is damaged. */
  readonly fullTakenAtMs: number;
  /** Names of the newest snapshots, as far as they are not whole. */
  readonly unreadable: ReadonlySet<string>;
  /** What is not as it should be. */
  readonly notes: readonly string[];
}

/**
 * Looks at the newest snapshot and at the logs behind it. The end that it finds is on the disk when this resolves, whoever wrote it.
 * Rejects as the file system does, and with BackupError if files go each time that it is read.
 */
export function resume(directory: string): Promise<Resumption> {
  return withFilesOf(directory, resumeFrom);
}

async function resumeFrom({ fulls, logs }: BackupFiles): Promise<Resumption> {
  const notes: string[] = [];
  const unreadable = new Set<string>();
  let header: SnapshotHeader | undefined;
  for (const full of [...fulls].reverse()) {
    const found = await wholeHeaderOf(full);
    if (!(found instanceof SnapshotDamage)) {
      header = found;
      break;
    }
    unreadable.add(full.name);
    notes.push(`${full.name} is not whole: ${found.message}; a full snapshot is taken`);
  }
  const nothing = { place: undefined, otherwise: undefined };
  if (header === undefined) return { ...nothing, clusterId: undefined, fullTakenAtMs: 0, unreadable, notes };
  const { clusterId } = header;
  const common = { clusterId, fullTakenAtMs: notes.length === 0 ? header.takenAtMs : 0, unreadable, notes };
  const chain = new LogChain(logs);
  const { place, end, torn } = await ledTo(chain, header);
  notes.push(...torn);
  if (end.kind !== 'end') {
    notes.push(`the log leads only to entry ${place.index} (${whereText(end)}); a full snapshot is taken`);
    return { ...nothing, ...common };
  }
  const before = place.index > header.index ? undefined : await endBefore(fulls, chain, place);
  if (before === undefined) return { place, otherwise: undefined, ...common };
  notes.push(
    ...before.torn,
    `the log ends with entry ${before.place.index}, and the newest snapshot is up to entry ${place.index}: what lies between is asked for first`,
  );
  return { place: before.place, otherwise: place, ...common };
}

interface LedTo {
  readonly place: Place;
  readonly end: ChainEnd;
  /** What is said of logs that end in the middle of a record. */
  readonly torn: readonly string[];
}

/** How far the logs lead on from there. */
async function ledTo(chain: LogChain, { clusterId, index, term }: Place): Promise<LedTo> {
  const notes: string[] = [];
  let place: Place = { clusterId, index, term };
  for (let last: Link | undefined; ;) {
    const found = await chain.after(place.index);
    if (!isLink(found)) {
      if (last !== undefined) await sync(last.file.path);
      return { place, end: found, torn: notes };
    }
    last = found;
    const { header, torn } = found.extent;
    if (torn !== undefined) notes.push(tornText(found.file.name, torn));
    place = { clusterId: header?.clusterId ?? clusterId, index: found.extent.last, term: found.extent.term };
  }
}

/**
 * A snapshot is taken beside the log, which may be behind it when both end: whoever went on behind the snapshot would leave a hole. Undefined:
 * there is none, or one that nothing can be written into, as it is in the midst of the log or the log before it is damaged.
 */
async function endBefore(fulls: readonly BackupFile[], chain: LogChain, newest: Place): Promise<LedTo | undefined> {
  for (const full of [...fulls].reverse()) {
    const header = full.index < newest.index ? await headerOf(full) : undefined;
    if (header === undefined) continue;
    const before = await ledTo(chain, header);
    const { place, end } = before;
    const isOfSame = header.clusterId === newest.clusterId && place.clusterId === newest.clusterId;
    return isOfSame && end.kind === 'end' && place.index < newest.index ? before : undefined;
  }
  return undefined;
}

function whereText(end: Exclude<ChainEnd, { readonly kind: 'end' }>): string {
  if (end.kind === 'gap') return 'there is a gap in the log';
  return `${end.link.file.name}: ${end.link.extent.damage?.message ?? ''}`;
}

async function wholeHeaderOf(file: BackupFile): Promise<SnapshotHeader | SnapshotDamage> {
  const opened = await FullFile.open(file);
  try {
    return (await opened.read({})).header;
  } catch (error) {
    if (error instanceof SnapshotDamage) return error;
    throw error;
  } finally {
    await opened.close();
  }
}

/** A run that was killed may have written more than it had time to sync. */
async function sync(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
