/** The peer URLs with which a member was started last, so that the next start can tell whether they changed. */
import type { Kv } from './kv';
import { corrupt } from './errors';
import { ADVERTISED_KEY } from './layout';
import { seal, SEAL_BYTES, unseal } from './seal';

const KIND = 'a';

/** The note of one data directory; everything rejects with StorageError. */
export class AdvertisedNotes {
  constructor(private readonly kv: Pick<Kv, 'get' | 'batch'>) {}

  async read(): Promise<readonly string[] | undefined> {
    const bytes = await this.kv.get(ADVERTISED_KEY);
    return bytes === undefined ? undefined : decode(bytes);
  }

  /** Durable when it resolves. */
  async write(peerURLs: readonly string[]): Promise<void> {
    const body = Buffer.from(JSON.stringify(peerURLs), 'utf8');
    const value = seal(KIND, Buffer.concat([Buffer.alloc(SEAL_BYTES), body]));
    await this.kv.batch([{ type: 'put', key: ADVERTISED_KEY, value }], { sync: true });
  }
}

function decode(bytes: Uint8Array): readonly string[] {
  const what = 'the note of the advertised peer URLs';
  const parsed: unknown = JSON.parse(Buffer.from(unseal(KIND, bytes, what)).toString('utf8'));
  if (!Array.isArray(parsed) || !parsed.every((url) => typeof url === 'string'))
    throw corrupt(`${what} is no list of texts`);
  return parsed;
}
