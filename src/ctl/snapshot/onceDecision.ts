/** Whether a member of a new release begins with a snapshot: once, and never again. Pure; docs/backup.md has the reasons. */

import type { FoundData } from '../../snapshot/foundData';

/** What a volume remembers of the restore onto it. */
export interface VolumeNote {
  /** Of the release. */
  readonly token: string;
  readonly phase: 'restoring' | 'restored';
}

export interface Found {
  readonly data: FoundData;
  /** On the volume of the data: gone with it. */
  readonly note: VolumeNote | undefined;
  /** Elsewhere: this place of this release has begun. */
  readonly isRecorded: boolean;
  /** Whether the restored cluster begins with this member; others join. */
  readonly isFounder: boolean;
}

export type Decision =
  | { readonly kind: 'restore' }
  /** @param isToRecord that it has begun is written down, if it is not yet */
  | { readonly kind: 'leave'; readonly why: string; readonly isToRecord: boolean }
  | { readonly kind: 'refuse'; readonly why: string };

export function decide({ data, note, isRecorded, isFounder }: Found, token: string): Decision {
  if (!isFounder) return leave('not one of the members that the restored cluster begins with; it joins them', false);
  const isOurs = note?.token === token;
  if (data === 'there') {
    if (isOurs) return leave('has the restored state already', true);
    // It has lost that state since, and joined the others.
    if (isRecorded) return leave('has begun before, and goes on with its data', false);
    const why =
      'has data that were not restored for this release, and they stay as they are. Delete the volume if they may go; if not, leave the restore out';
    return { kind: 'refuse', why };
  }
  if (isRecorded)
    return leave('has begun before and lost its data: nothing is restored, it gets the state of the others', false);
  // The directory was moved aside.
  if (isOurs && note.phase === 'restored') return leave('was restored before: nothing is restored again', true);
  return { kind: 'restore' };
}

function leave(why: string, isToRecord: boolean): Decision {
  return { kind: 'leave', why, isToRecord };
}
