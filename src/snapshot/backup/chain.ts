/** Which logs lead on from an entry, one after the other. */
import { SnapshotDamage } from '../format/damage';
import type { LogMark } from '../format/logHeader';
import type { BackupFile } from './files';
import type { TornTail } from '../format/logReader';
import { readLog, type LogExtent } from './logFile';

export interface Link {
  readonly file: BackupFile;
  readonly extent: LogExtent;
}

/** Why a chain goes no further. */
export type ChainEnd =
  /** There is nothing behind it. */
  | { readonly kind: 'end' }
  /** The log that leads on is damaged there, or one that begins later, so that nobody knows whether there is more. */
  | { readonly kind: 'damage'; readonly link: Link }
  /** The next log begins later. */
  | { readonly kind: 'gap'; readonly nextAfter: number };

/** The logs of a directory; how far each leads is looked at when somebody asks, and once. */
export class LogChain {
  private readonly known = new Map<string, Promise<LogExtent>>();

  /** @param logs in the order of where they begin */
  constructor(private readonly logs: readonly BackupFile[]) {}

  async linkOf(file: BackupFile): Promise<Link> {
    let extent = this.known.get(file.path);
    if (extent === undefined) {
      extent = extentOf(file);
      this.known.set(file.path, extent);
    }
    return { file, extent: await extent };
  }

  /**
   * The last marks of the logs that end with this entry. Where nothing was written in a run, its log has nothing else: it leads nowhere, and
   * yet says for how long the state was this one.
   */
  async marksAt(clusterId: string, { index, term }: { readonly index: number; readonly term: number }) {
    const marks: LogMark[] = [];
    for (const file of this.logs.filter(({ index: after }) => after <= index)) {
      const { header, lastMark } = (await this.linkOf(file)).extent;
      if (header?.clusterId === clusterId && lastMark?.index === index && lastMark.term === term) marks.push(lastMark);
    }
    return marks;
  }

  /** The logs that end with this entry, and with what was being written behind it. */
  async tornAt(index: number): Promise<readonly { readonly file: BackupFile; readonly torn: TornTail }[]> {
    const found: { readonly file: BackupFile; readonly torn: TornTail }[] = [];
    for (const file of this.logs.filter(({ index: after }) => after <= index)) {
      const { torn, last } = (await this.linkOf(file)).extent;
      if (torn !== undefined && Math.max(last, file.index) === index) found.push({ file, torn });
    }
    return found;
  }

  /** A log that leads on from this entry, or why there is none. Those that begin last are looked at first. */
  async after(index: number): Promise<Link | ChainEnd> {
    let damaged: Link | undefined;
    for (const [position, file] of this.logs
      .filter(({ index: after }) => after <= index)
      .reverse()
      .entries()) {
      const link = await this.linkOf(file);
      if (link.extent.last > index) return link;
      // What cannot be read may lead on: certainly from where it ends, and for all one knows in the log that begins last.
      if (link.extent.damage !== undefined && (link.extent.last === index || position === 0)) damaged ??= link;
    }
    if (damaged !== undefined) return { kind: 'damage', link: damaged };
    for (const file of this.logs.filter(({ index: after }) => after > index)) {
      const { extent } = await this.linkOf(file);
      if (extent.damage !== undefined) return { kind: 'damage', link: { file, extent } };
      if (extent.last > file.index) return { kind: 'gap', nextAfter: file.index };
    }
    return { kind: 'end' };
  }
}

async function extentOf(file: BackupFile): Promise<LogExtent> {
  const extent = await readLog(file.path);
  const { header } = extent;
  // Of one whose beginning cannot be read only the name says where it leads on from.
  if (header === undefined) return extent.damage === undefined ? extent : { ...extent, last: file.index };
  if (header.after === file.index) return extent;
  const damage = new SnapshotDamage(
    0,
    `its name says that it begins after entry ${file.index}, and it begins after ${header.after}`,
  );
  return { ...extent, last: file.index, damage };
}

export function isLink(found: Link | ChainEnd): found is Link {
  return 'file' in found;
}
