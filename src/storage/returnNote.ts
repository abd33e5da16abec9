/**
 * The cluster in which this directory began to take the place of a member whose data are lost, written before that one is removed: from
 * then until the new one is added nothing else says that there is a place to come back to.
 */
import type { Kv } from './kv';
import { corrupt } from './errors';
import { RETURN_KEY } from './layout';
import { SealedNote } from './sealedNote';

const WHAT = 'the note of the return to a cluster';

/** The cluster's id. */
export class ReturnNotes extends SealedNote<string> {
  constructor(kv: Pick<Kv, 'get' | 'batch'>) {
    super(kv, RETURN_KEY, { what: WHAT, encode: (clusterId) => clusterId, decode });
  }
}

function decode(parsed: unknown): string {
  if (typeof parsed !== 'string') throw corrupt(`${WHAT} is no text`);
  return parsed;
}
