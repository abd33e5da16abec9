/** The peer URLs with which a member was started last, so that the next start can tell whether they changed. */
import type { Kv } from './kv';
import { corrupt } from './errors';
import { ADVERTISED_KEY } from './layout';
import { SealedNote } from './sealedNote';

const WHAT = 'the note of the advertised peer URLs';

export class AdvertisedNotes extends SealedNote<readonly string[]> {
  constructor(kv: Pick<Kv, 'get' | 'batch'>) {
    super(kv, ADVERTISED_KEY, { what: WHAT, encode: (peerURLs) => peerURLs, decode });
  }
}

function decode(parsed: unknown): readonly string[] {
  if (!Array.isArray(parsed) || !parsed.every((url) => typeof url === 'string'))
    throw corrupt(`${WHAT} is no list of texts`);
  return parsed;
}
