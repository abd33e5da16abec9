/**
 * What a member has told a discovery service, or is about to: written before it does so. Whoever finds a registration of its
 * own there without the note in its data directory has lost the data it had when it registered.
 */
import type { Kv } from './kv';
import { corrupt } from './errors';
import { REGISTRATION_KEY } from './layout';
import { seal, SEAL_BYTES, unseal } from './seal';

export interface RegistrationNote {
  readonly protocol: '2.3' | '0.4';
  readonly url: string;
  readonly key: string;
  readonly value: string;
}

const KIND = 'd';

/** The note of one data directory; everything rejects with StorageError. */
export class RegistrationNotes {
  constructor(private readonly kv: Pick<Kv, 'get' | 'batch'>) {}

  async read(): Promise<RegistrationNote | undefined> {
    const bytes = await this.kv.get(REGISTRATION_KEY);
    return bytes === undefined ? undefined : decode(bytes);
  }

  /** Durable when it resolves. */
  async write({ protocol, url, key, value }: RegistrationNote): Promise<void> {
    const body = Buffer.from(JSON.stringify([protocol, url, key, value]), 'utf8');
    const bytes = seal(KIND, Buffer.concat([Buffer.alloc(SEAL_BYTES), body]));
    await this.kv.batch([{ type: 'put', key: REGISTRATION_KEY, value: bytes }], { sync: true });
  }

  /** Durable when it resolves. */
  async remove(): Promise<void> {
    await this.kv.batch([{ type: 'del', key: REGISTRATION_KEY }], { sync: true });
  }
}

function decode(bytes: Uint8Array): RegistrationNote {
  const what = 'the note of the registration';
  const parsed: unknown = JSON.parse(Buffer.from(unseal(KIND, bytes, what)).toString('utf8'));
  if (!Array.isArray(parsed) || !parsed.every((part) => typeof part === 'string')) throw corrupt(`${what} is no list`);
  const [protocol, url, key, value] = parsed;
  const isKnown = protocol === '2.3' || protocol === '0.4';
  if (!isKnown || url === undefined || key === undefined || value === undefined) throw corrupt(`${what} is cut short`);
  return { protocol, url, key, value };
}
