/** Carries out the logs of a backup until the state that is meant is there. */
import type { Machine } from '../../machine/machine';
import type { LogMark } from '../format/logHeader';
import type { TornTail } from '../format/logReader';
import { BackupError } from './backupError';
import { isLink, type ChainEnd, type LogChain } from './chain';
import type { BackupFile } from './files';
import { readLog } from './logFile';
import type { Replay } from './replay';
import type { Target } from './target';

export interface LeadOnOptions {
  readonly chain: LogChain;
  readonly replay: Replay;
  readonly clusterId: string;
  /** Told the name of each file that is read. */
  readonly progress: (name: string) => void;
  /** Told what is not as it should be, though it does not stand in the way. */
  readonly note: (text: string) => void;
}

/** Where the logs ended before the state that is meant. */
export interface LedTo {
  readonly end: ChainEnd;
  /** Of the last date for which the state is known to be that of then, in milliseconds since 1970. */
  readonly knownMs: number;
}

/**
 * Undefined: the state is there. Rejects with BackupError if what the log leads to is not what members had, FeatureLevelError, or as
 * reading does.
 */
export async function leadOn({ chain, replay, clusterId, progress, note }: LeadOnOptions): Promise<LedTo | undefined> {
  let knownMs = replay.position.dateMs;
  const events = {
    entry: replay.entry.bind(replay),
    mark: (mark: LogMark): void => {
      replay.mark(mark);
      knownMs = Math.max(knownMs, mark.dateMs);
    },
  };
  const isReached = (): boolean => replay.isReached;
  while (!isReached()) {
    const { index } = replay.position;
    const found = await chain.after(index);
    if (!isLink(found)) {
      for (const mark of await chain.marksAt(clusterId, replay.position)) events.mark(mark);
      if (replay.isKnown) break;
      for (const { file, torn } of await chain.tornAt(index)) note(tornText(file.name, torn));
      replay.finish();
      return { end: found, knownMs: Math.max(knownMs, replay.position.dateMs) };
    }
    const { file, extent } = found;
    if (extent.header?.clusterId !== clusterId) {
      throw new BackupError(`${file.name} is the log of another cluster than the snapshots beside it: move it away`);
    }
    if (extent.torn !== undefined) note(tornText(file.name, extent.torn));
    progress(file.name);
    await readLog(file.path, events, isReached);
    if (!isReached() && replay.position.index === index) {
      throw new BackupError(`${file.name} was changed while it was read; run the command again`);
    }
  }
  replay.finish();
  return undefined;
}

export interface Unreached {
  readonly replay: Replay;
  readonly machine: Machine;
  readonly target: Target;
  /** The last of the snapshots that cannot be read, and what was said of them. */
  readonly unread: BackupFile | undefined;
  readonly notes: readonly string[];
}

/** @throws BackupError, unless it is the newest state that is meant and all is there, or one that is known to be that of then */
export function refuseUnreached({ end, knownMs }: LedTo, { replay, machine, target, unread, notes }: Unreached): void {
  const upTo = `what can be restored goes up to index ${machine.keySpace.index} and ${dateText(knownMs)} (--at-index, --at-time)`;
  switch (end.kind) {
    case 'damage': {
      const { file, extent } = end.link;
      throw new BackupError(`${file.name} is damaged: ${extent.damage?.message ?? ''}; ${upTo}`);
    }
    case 'gap': {
      const from = replay.position.index + 1;
      throw new BackupError(`the entries ${from} to ${end.nextAfter} of the log are in no file; ${upTo}`);
    }
    case 'end':
      if (target.kind === 'newest' && unread !== undefined && unread.index > replay.position.index) {
        throw new BackupError(`nothing else leads to the state of ${unread.name}: ${notes.join('; ')}; ${upTo}`);
      }
      if (target.kind === 'index') throw new BackupError(`index ${target.index} is not in the backup: ${upTo}`);
      if (target.kind === 'time' && target.dateMs > knownMs) {
        throw new BackupError(`nothing is known of ${dateText(target.dateMs)}: ${upTo}`);
      }
  }
}

export function tornText(name: string, { at, bytes }: TornTail): string {
  return `${name} ends in the middle of a record, at byte ${at}: ${bytes} bytes were being written when it was left, and do not count`;
}

export function dateText(ms: number): string {
  return new Date(ms).toISOString();
}
