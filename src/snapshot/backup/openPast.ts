/** Finds a state of the past in the directory of a backup. */
import type { Machine } from '../../machine/machine';
import { SnapshotDamage } from '../format/damage';
import type { SnapshotHeader } from '../format/fileHeader';
import { loadState } from '../loadedState';
import type { StateSource } from '../openFile';
import { BackupError } from './backupError';
import { LogChain } from './chain';
import { withFilesOf, type BackupFile, type BackupFiles } from './files';
import { FullFile } from './fullFile';
import { byDate, CLOCKS_APART_MS } from './inDoubt';
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
 * not in the backup, something on the way to it is damaged, or files go each time that it is read; with FeatureLevelError, or as reading does.
 *
 * @param progress told the name of each file that is read
 */
export function withPast<T>(
  directory: string,
  target: Target,
  use: (past: OpenedPast) => Promise<T>,
  progress: (name: string) => void = () => undefined,
): Promise<T> {
  // By the time of `use` nothing is opened any more that could be gone.
  return withFilesOf(directory, (files) => withPastOf(files, target, use, progress));
}

async function withPastOf<T>(
  { fulls, logs }: BackupFiles,
  target: Target,
  use: (past: OpenedPast) => Promise<T>,
  progress: (name: string) => void,
): Promise<T> {
  const notes: string[] = [];
  const note = (text: string): void => {
    if (!notes.includes(text)) notes.push(text);
  };
  const search: Search<T> = { chain: new LogChain(logs), target, use, progress, note, notes };
  const newestFirst = [...fulls].reverse();
  const { sure, inDoubt } = await byDate(newestFirst, target);
  const [newest, ...others] = inDoubt;
  if (newest !== undefined) {
    // Whatever leads over the newest of them says of each change in it when it was made. Where one does not, none before it does.
    for (const bases of [sure, others.reverse()]) {
      for (const base of bases) {
        const found = await usedFrom(base, { ...search, doubt: bases !== sure }, newest.index);
        if (found.kind === 'used') return found.result;
        if (found.kind === 'notLed' && bases === sure) break;
      }
    }
  }
  let [oldest, unread]: [oldest?: string, unread?: BackupFile] = [];
  for (const base of newestFirst) {
    const found = await usedFrom(base, { ...search, unread, doubt: inDoubt.includes(base) });
    if (found.kind === 'used') return found.result;
    if (found.kind === 'damaged') unread ??= base;
    if (found.kind === 'later') oldest = `${base.name} is of ${found.than}`;
  }
  const reasons = [...notes, ...(oldest === undefined ? [] : [oldest])];
  throw new BackupError(`${lackOf(target)}${reasons.length === 0 ? '' : `: ${reasons.join('; ')}`}`);
}

interface Search<T> {
  readonly chain: LogChain;
  readonly target: Target;
  readonly use: (past: OpenedPast) => Promise<T>;
  readonly progress: (name: string) => void;
  readonly note: (text: string) => void;
  readonly notes: readonly string[];
  /** The newest of those that were passed over. */
  readonly unread?: BackupFile | undefined;
  /** It may hold changes that are dated behind what is meant, and nothing says of them when they were made. */
  readonly doubt?: boolean;
}

type Used<T> = { readonly kind: 'used'; readonly result: T } | { readonly kind: 'notLed' } | NotLoaded;

/**
 * Rejects as `withPast` does.
 *
 * @param over the entry over which the logs have to lead, unless they lead to what is meant before it; absent: what they do not lead to is refused
 */
async function usedFrom<T>(base: BackupFile, search: Search<T>, over?: number): Promise<Used<T>> {
  const { target, use, progress, note, notes, unread } = search;
  progress(base.name);
  const file = await FullFile.open(base);
  try {
    const loaded = await load(file, target);
    if (loaded.kind === 'damaged') note(`${base.name} is not whole and was passed over: ${loaded.why}`);
    if (loaded.kind !== 'loaded') return loaded;
    const { machine, header } = loaded;
    const { index, term, takenAtMs, clusterId } = header;
    const replay = new Replay(machine, { index, term, dateMs: takenAtMs }, target);
    const leads = async (): Promise<void> => {
      const ledTo = await leadOn({ ...search, replay, clusterId });
      if (ledTo !== undefined) refuseUnreached(ledTo, { replay, machine, target, unread, notes });
    };
    if (over === undefined) await leads();
    else if (!(await isDone(leads()))) return { kind: 'notLed' };
    else if (!replay.isReached && replay.position.index < over) return { kind: 'notLed' };
    if (search.doubt === true) note(doubtText(base, takenAtMs));
    const position = target.kind === 'time' ? { ...replay.position, dateMs: target.dateMs } : replay.position;
    const { index: etcdIndex, tree } = machine.keySpace;
    const state = new PastState(file, RowMerge.of(machine.takeRows()), position, tree.size);
    const result = await use({ state, etcdIndex, base, notes }).catch((error: unknown) => {
      throw error instanceof SnapshotDamage
        ? new BackupError(`${base.name} cannot be read again: ${error.message}`)
        : error;
    });
    return { kind: 'used', result };
  } finally {
    await file.close();
  }
}

/** What is wrong on the way is nobody's concern where another way is left. Rejects as `work` does, but for BackupError. */
async function isDone(work: Promise<void>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (error instanceof BackupError) return false;
    throw error;
  }
}

function doubtText({ name }: BackupFile, takenAtMs: number): string {
  return (
    `${name} is of ${dateText(takenAtMs)} by the clock of one member, less than ${CLOCKS_APART_MS / 1000} s before what is meant, and no older ` +
    'one leads there: it may hold changes that are dated later by the clocks of others'
  );
}

type NotLoaded = { readonly kind: 'later'; readonly than: string } | { readonly kind: 'damaged'; readonly why: string };

type Loaded = { readonly kind: 'loaded'; readonly machine: Machine; readonly header: SnapshotHeader } | NotLoaded;

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
