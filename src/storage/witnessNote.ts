/**
 * The incarnation of this data directory, and the first one that was heard of each founder: written before it is told or
 * answered. It decides who may found a cluster (discovery/README.md).
 */
import type { Kv } from './kv';
import { corrupt } from './errors';
import { WITNESS_KEY } from './layout';
import { seal, SEAL_BYTES, unseal } from './seal';

export interface WitnessNote {
  readonly incarnation: string;
  readonly known: ReadonlyMap<string, { readonly incarnation: string; readonly early: boolean }>;
}

const KIND = 'b';

/** The note of one data directory; everything rejects with StorageError. */
export class WitnessNotes {
  constructor(private readonly kv: Pick<Kv, 'get' | 'batch'>) {}

  async read(): Promise<WitnessNote | undefined> {
    const bytes = await this.kv.get(WITNESS_KEY);
    return bytes === undefined ? undefined : decode(bytes);
  }

  /** Durable when it resolves. */
  async write({ incarnation, known }: WitnessNote): Promise<void> {
    const rows = [...known].map(([id, founder]) => [id, founder.incarnation, founder.early]);
    const body = Buffer.from(JSON.stringify([incarnation, rows]), 'utf8');
    const bytes = seal(KIND, Buffer.concat([Buffer.alloc(SEAL_BYTES), body]));
    await this.kv.batch([{ type: 'put', key: WITNESS_KEY, value: bytes }], { sync: true });
  }
}

function decode(bytes: Uint8Array): WitnessNote {
  const what = 'the note of the founders';
  const parsed: unknown = JSON.parse(Buffer.from(unseal(KIND, bytes, what)).toString('utf8'));
  if (!Array.isArray(parsed)) throw corrupt(`${what} is no list`);
  const [incarnation, rows] = parsed as readonly unknown[];
  if (typeof incarnation !== 'string' || !Array.isArray(rows)) throw corrupt(`${what} is cut short`);
  return { incarnation, known: new Map(rows.map((row: unknown) => founderOf(row, what))) };
}

function founderOf(row: unknown, what: string): [string, { incarnation: string; early: boolean }] {
  if (!Array.isArray(row)) throw corrupt(`${what} has a founder that is no list`);
  const [id, incarnation, early] = row as readonly unknown[];
  const isFounder = typeof id === 'string' && typeof incarnation === 'string' && typeof early === 'boolean';
  if (!isFounder) throw corrupt(`${what} has a founder that cannot be read`);
  return [id, { incarnation, early }];
}
