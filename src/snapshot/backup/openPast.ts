/** Finds a state of the past in the directory of a backup. */
import type { Machine } from '../../machine/machine';
import { SnapshotDamage } from '../format/damage';
import type { SnapshotHeader } from '../format/fileHeader';
import { loadState } from '../loadedState';
import type { StateSource } from '../openFile';
import { BackupError } from './backupError';
import { LogChain } from './chain';
import { filesOf, type BackupFile } from './files';
import { FullFile } from './fullFile';
import { dateText, leadOn, refuseUnreached } from './leadOn';
import { PastState } from './pastState';
import { Replay } from './replay';
import { RowMerge } from './rowMerge';
import type { Target } from './target';

export interface OpenedPast {
  readonly state: PastState;
  /** X-Etcd-Index of that state. */
  readonly etcdIndex: number;
  /** The whole state from which it was made. */
  readonly base: BackupFile;
  /** What is not as it should be, though it does not stand in the way. */
  readonly notes: readonly string[];
}

/**
 * The state is there for as long as `use` takes. It is made in memory, as a member with it would have it. Rejects with BackupError if it is
 * not in the backup or something on the way to it is damaged, with FeatureLevelError, or as reading does.
 *
 * @param progress told the name of each file that is read
 */
export async function withPast<T>(
  directory: string,
  target: Target,
  use: (past: OpenedPast) => Promise<T>,
  progress: (name: string) => void = () => undefined,
): Promise<T> {
  const { fulls, logs } = await filesOf(directory);
  const notes: string[] = [];
  const note = (text: string): void => {
    if (!notes.includes(text)) notes.push(text);
  };
  const chain = new LogChain(logs);
  let [oldest, unread]: [oldest?: string, unread?: BackupFile] = [];
  for (const base of [...fulls].reverse()) {
    progress(base.name);
    const file = await FullFile.open(base);
    try {
      const loaded = await load(file, target);
      if (loaded.kind === 'damaged') {
        unread ??= base;
        note(`${base.name} is not whole and was passed over: ${loaded.why}`);
      }
      if (loaded.kind === 'later') oldest = `${base.name} is of ${loaded.than}`;
      if (loaded.kind !== 'loaded') continue;
      const { machine, header } = loaded;
      const { index, term, takenAtMs, clusterId } = header;
      const replay = new Replay(machine, { index, term, dateMs: takenAtMs }, target);
      const ledTo = await leadOn({ chain, replay, clusterId, progress, note });
      if (ledTo !== undefined) refuseUnreached(ledTo, { replay, machine, target, unread, notes });
      const position = target.kind === 'time' ? { ...replay.position, dateMs: target.dateMs } : replay.position;
      const { index: etcdIndex, tree } = machine.keySpace;
      const state = new PastState(file, RowMerge.of(machine.takeRows()), position, tree.size);
      return await use({ state, etcdIndex, base, notes }).catch((error: unknown) => {
        throw error instanceof SnapshotDamage
          ? new BackupError(`${base.name} cannot be read again: ${error.message}`)
          : error;
      });
    } finally {
      await file.close();
    }
  }
  const reasons = [...notes, ...(oldest === undefined ? [] : [oldest])];
  throw new BackupError(`${lackOf(target)}${reasons.length === 0 ? '' : `: ${reasons.join('; ')}`}`);
}

type Loaded =
  | { readonly kind: 'loaded'; readonly machine: Machine; readonly header: SnapshotHeader }
  | { readonly kind: 'later'; readonly than: string }
  | { readonly kind: 'damaged'; readonly why: string };

class IsLater extends Error {}

async function load(file: StateSource, target: Target): Promise<Loaded> {
  try {
    const { snapshot, machine } = await loadState(file, {
      header: ({ takenAtMs }) => {
        if (target.kind === 'time' && takenAtMs > target.dateMs) throw new IsLater(dateText(takenAtMs));
      },
    });
    const { index } = machine.keySpace;
    if (target.kind === 'index' && index > target.index) return { kind: 'later', than: `index ${index}` };
    return { kind: 'loaded', machine, header: snapshot.header };
  } catch (error) {
    if (error instanceof IsLater) return { kind: 'later', than: error.message };
    if (error instanceof SnapshotDamage) return { kind: 'damaged', why: error.message };
    throw error;
  }
}

function lackOf(target: Target): string {
  switch (target.kind) {
    case 'newest':
      return 'there is no full snapshot that is whole, so nothing can be restored';
    case 'index':
      return `index ${target.index} is before all that can be restored`;
    case 'time':
      return `${dateText(target.dateMs)} is before all that can be restored`;
  }
}
