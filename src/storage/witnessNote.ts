/**
 * The incarnation of this data directory, and the first one that was heard of each founder: written before it is told or
 * answered. It decides who may found a cluster (discovery/README.md).
 */
import type { Kv } from './kv';
import { corrupt } from './errors';
import { WITNESS_KEY } from './layout';
import { SealedNote } from './sealedNote';

export interface WitnessNote {
  readonly incarnation: string;
  readonly known: ReadonlyMap<string, { readonly incarnation: string; readonly early: boolean }>;
}

const WHAT = 'the note of the founders';

export class WitnessNotes extends SealedNote<WitnessNote> {
  constructor(kv: Pick<Kv, 'get' | 'batch'>) {
    super(kv, WITNESS_KEY, { what: WHAT, encode, decode });
  }
}

function encode({ incarnation, known }: WitnessNote): unknown {
  return [incarnation, [...known].map(([id, founder]) => [id, founder.incarnation, founder.early])];
}

function decode(parsed: unknown): WitnessNote {
  if (!Array.isArray(parsed)) throw corrupt(`${WHAT} is no list`);
  const [incarnation, rows] = parsed as readonly unknown[];
  if (typeof incarnation !== 'string' || !Array.isArray(rows)) throw corrupt(`${WHAT} is cut short`);
  return { incarnation, known: new Map(rows.map(founderOf)) };
}

function founderOf(row: unknown): [string, { incarnation: string; early: boolean }] {
  if (!Array.isArray(row)) throw corrupt(`${WHAT} has a founder that is no list`);
  const [id, incarnation, early] = row as readonly unknown[];
  const isFounder = typeof id === 'string' && typeof incarnation === 'string' && typeof early === 'boolean';
  if (!isFounder) throw corrupt(`${WHAT} has a founder that cannot be read`);
  return [id, { incarnation, early }];
}
