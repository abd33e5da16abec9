/**
 * Measures what README.md of src/storage claims:
 *
 *   node --require ./test/storage/support/typescript.cjs test/storage/support/measure.ts [rows]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Row } from '../../../src/machine/rows';
import type { Entry } from '../../../src/raft/types';
import { openDataDirectory } from '../../../src/storage/dataDirectory';
import type { DataDirectory } from '../../../src/storage/dataDirectory';
import { MemberStore } from '../../../src/storage/memberStore';

const BATCH_ROWS = 5000;
const SYNCED_WRITES = 2000;

function report(what: string, count: number, startedAt: number): void {
  const ms = performance.now() - startedAt;
  console.log(`${what}: ${count} in ${Math.round(ms)} ms, ${Math.round((count / ms) * 1000)}/s`);
}

function commandEntry(index: number): Entry {
  return { kind: 'command', index, term: 1, data: Buffer.alloc(150, index) };
}

function nodeRow(at: number): Row {
  return { table: 'node', key: `/services/app${at % 1000}/instance-${at}`, value: `${at};`.repeat(60).slice(0, 60) };
}

async function reopened(
  path: string,
  before: DataDirectory | undefined,
): Promise<{ data: DataDirectory; store: MemberStore }> {
  await before?.close();
  const data = await openDataDirectory({ path });
  return { data, store: await MemberStore.open(data.kv) };
}

async function syncedWrites(store: MemberStore, entriesEach: number): Promise<void> {
  const startedAt = performance.now();
  for (let at = 0; at < SYNCED_WRITES; at += 1) {
    const from = store.lastIndex + 1;
    const entries = Array.from({ length: entriesEach }, (_, offset) => commandEntry(from + offset));
    await store.write({ entries, rows: entries.map((entry) => nodeRow(entry.index)), applied: store.lastIndex });
  }
  report(`synced writes of ${entriesEach} entries and rows`, SYNCED_WRITES, startedAt);
}

async function main(rowCount: number): Promise<void> {
  const path = join(mkdtempSync(join(tmpdir(), 'cairn-measure-')), 'data');
  let { data, store } = await reopened(path, undefined);
  await store.initialise({
    identity: { memberId: '1', clusterId: '1' },
    configuration: { voters: ['1'], learners: [] },
  });
  await syncedWrites(store, 1);
  await syncedWrites(store, 64);

  let startedAt = performance.now();
  for (let at = 0; at < rowCount; at += BATCH_ROWS) {
    await store.write({ rows: Array.from({ length: BATCH_ROWS }, (_, offset) => nodeRow(at + offset)) });
  }
  report('unsynced rows written', rowCount, startedAt);

  await store.write({ compactTo: store.applied });
  for (let at = store.lastIndex; at > 0; at -= 1000) await store.write({ rows: [nodeRow(0)] });

  for (const round of ['first', 'second']) {
    startedAt = performance.now();
    ({ data, store } = await reopened(path, data));
    report(`${round} reopening`, 1, startedAt);
    startedAt = performance.now();
    let rows = 0;
    const { entries } = await store.load(({ keys }) => (rows += keys.length));
    report(`${round} load (and ${entries.length} entries)`, rows, startedAt);
  }

  const receiver = await store.receiveState();
  const state = await store.exportState();
  startedAt = performance.now();
  let bytes = 0;
  for await (const chunk of state.chunks) {
    bytes += chunk.length;
    await receiver.add(chunk);
  }
  await receiver.finish(state.start);
  report(`rows exported and received (${Math.round(bytes / 1e6)} MB)`, receiver.rows, startedAt);
  startedAt = performance.now();
  await store.settled();
  report('old rows cleared', receiver.rows, startedAt);
  startedAt = performance.now();
  ({ data, store } = await reopened(path, data));
  await store.settled();
  report('reopening after that', 1, startedAt);
  await data.close();
  rmSync(join(path, '..'), { recursive: true });
}

void main(Number(process.argv[2] ?? 1_000_000));
