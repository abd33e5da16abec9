/** Where in the log a backup stands, for whoever goes on with it. */
import { open } from 'node:fs/promises';
import { SnapshotDamage } from '../format/damage';
import type { SnapshotHeader } from '../format/fileHeader';
import { isLink, LogChain, type Link } from './chain';
import { filesOf, type BackupFile } from './files';
import { FullFile } from './fullFile';
import { tornText } from './leadOn';

export interface Place {
  readonly clusterId: string;
  readonly index: number;
  readonly term: number;
}

export interface Resumption {
  /** Undefined: nothing leads on from what is there, and a full snapshot has to be taken. */
  readonly place: Place | undefined;
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
 * Rejects as the file system does.
 */
export async function resume(directory: string): Promise<Resumption> {
  const { fulls, logs } = await filesOf(directory);
  const notes: string[] = [];
  const unreadable = new Set<string>();
  let header: SnapshotHeader | undefined;
  for (const full of [...fulls].reverse()) {
    const found = await headerOf(full);
    if (!(found instanceof SnapshotDamage)) {
      header = found;
      break;
    }
    unreadable.add(full.name);
    notes.push(`${full.name} is not whole: ${found.message}; a full snapshot is taken`);
  }
  if (header === undefined) return { place: undefined, clusterId: undefined, fullTakenAtMs: 0, unreadable, notes };
  const { clusterId } = header;
  const fullTakenAtMs = notes.length === 0 ? header.takenAtMs : 0;
  const chain = new LogChain(logs);
  let place: Place | undefined = { clusterId, index: header.index, term: header.term };
  for (let last: Link | undefined; ;) {
    const found = await chain.after(place.index);
    if (!isLink(found)) {
      if (last !== undefined) await sync(last.file.path);
      if (found.kind === 'end') break;
      const where =
        found.kind === 'gap'
          ? 'there is a gap in the log'
          : `${found.link.file.name}: ${found.link.extent.damage?.message ?? ''}`;
      notes.push(`the log leads only to entry ${place.index} (${where}); a full snapshot is taken`);
      place = undefined;
      break;
    }
    last = found;
    const { header: begin, last: index, term, torn } = found.extent;
    if (torn !== undefined) notes.push(tornText(found.file.name, torn));
    place = { clusterId: begin?.clusterId ?? clusterId, index, term };
  }
  return { place, clusterId, fullTakenAtMs, unreadable, notes };
}

async function headerOf(file: BackupFile): Promise<SnapshotHeader | SnapshotDamage> {
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
