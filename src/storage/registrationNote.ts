/**
 * What a member has told a discovery service, or is about to: written before it does so. Whoever finds a registration of its
 * own there without the note in its data directory has lost the data it had when it registered.
 */
import type { Kv } from './kv';
import { corrupt } from './errors';
import { REGISTRATION_KEY } from './layout';
import { SealedNote } from './sealedNote';

export interface RegistrationNote {
  readonly protocol: '2.3' | '0.4';
  readonly url: string;
  readonly key: string;
  readonly value: string;
}

const WHAT = 'the note of the registration';

export class RegistrationNotes extends SealedNote<RegistrationNote> {
  constructor(kv: Pick<Kv, 'get' | 'batch'>) {
    const encode = ({ protocol, url, key, value }: RegistrationNote) => [protocol, url, key, value];
    super(kv, REGISTRATION_KEY, { what: WHAT, encode, decode });
  }
}

function decode(parsed: unknown): RegistrationNote {
  if (!Array.isArray(parsed) || !parsed.every((part) => typeof part === 'string')) throw corrupt(`${WHAT} is no list`);
  const [protocol, url, key, value] = parsed;
  const isKnown = protocol === '2.3' || protocol === '0.4';
  if (!isKnown || url === undefined || key === undefined || value === undefined) throw corrupt(`${WHAT} is cut short`);
  return { protocol, url, key, value };
}
