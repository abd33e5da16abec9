import type { Row, RowTable } from '../../../src/machine/rows';
import type { LoadedState } from '../../../src/storage/memberLoad';
import type { MemberStore } from '../../../src/storage/memberStore';
import type { Configuration, Entry } from '../../../src/raft/types';

export const THREE: Configuration = { voters: ['1', '2a', 'ffffffffffffffff'], learners: ['c0ffee'] };

export const BOOTSTRAP = { identity: { memberId: '2a', clusterId: 'cafe' }, configuration: THREE } as const;

export function command(index: number, term: number, text = `command ${index}`): Entry {
  return { kind: 'command', index, term, data: Buffer.from(text) };
}

export function commands(from: number, to: number, term: number): Entry[] {
  return Array.from({ length: to - from + 1 }, (_, at) => command(from + at, term));
}

export function row(table: RowTable, key: string, value: string | undefined): Row {
  return { table, key, value };
}

export interface Loaded extends LoadedState {
  /** `table:key=value`, in the order they came. */
  readonly rows: readonly string[];
}

export async function load(store: MemberStore, tail?: number): Promise<Loaded> {
  const rows: string[] = [];
  const state = await store.load(({ table, keys, values }) => {
    keys.forEach((key, at) => rows.push(`${table}:${key}=${values[at]}`));
  }, tail);
  return { ...state, rows };
}

export function indexes(entries: readonly Entry[]): number[] {
  return entries.map((entry) => entry.index);
}
