/** Whatever an earlier version wrote is read: see fixtures/README.md. */
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NodeView } from '../../src/machine/keyspace/event';
import { encodeBatch } from '../../src/machine/commandCodec';
import { restoreMember } from '../../src/member/bootstrap';
import { openDataDirectory } from '../../src/storage/dataDirectory';
import { MemberStore } from '../../src/storage/memberStore';
import { set } from '../machine/keyspace/writer';

const HISTORY = 1000;
/** A time before any key there ends. */
const NOW_MS = Date.UTC(2026, 10, 27);

let path: string;
afterEach(() => {
  rmSync(path, { recursive: true, force: true });
});

function copyOf(name: string): string {
  path = mkdtempSync(join(tmpdir(), 'kept-'));
  cpSync(join(__dirname, 'fixtures', name), path, { recursive: true });
  // A checkout may give it to a group, which a data directory refuses.
  for (const directory of [path, join(path, 'db')]) chmodSync(directory, 0o700);
  return path;
}

function valuesBelow(node: NodeView | undefined): Record<string, string> {
  if (node === undefined) return {};
  const own = node.value === undefined ? {} : { [node.key]: node.value };
  return Object.assign(own, ...(node.nodes ?? []).map(valuesBelow)) as Record<string, string>;
}

async function open(directory: string) {
  const opened = await openDataDirectory({ path: directory });
  const store = await MemberStore.open(opened.kv);
  const restored = (await restoreMember(store, HISTORY))!;
  for (const entry of restored.raft.entries) {
    if (entry.kind === 'command' && entry.index > store.applied) restored.machine.apply(entry.data);
  }
  return { ...opened, store, restored };
}

test('format 2: keys, directories, times, history, members and what the log has not given to the rows yet', async () => {
  const directory = copyOf('format2');
  expect(readFileSync(join(directory, 'FORMAT'), 'latin1')).toBe('cairn 2\n');
  const { restored, close, warnings } = await open(directory);
  expect(warnings).toEqual([]);
  const { keySpace, cluster } = restored.machine;
  const whole = keySpace.get('/', true, true, NOW_MS);
  if (!whole.ok) throw new Error(JSON.stringify(whole));
  expect(valuesBelow(whole.node)).toEqual({
    '/bytes': '\0\xff\xe4\xbd\xa0',
    '/dir/deep/key': '2',
    '/lasting': 'x',
    '/queue/00000000000000000009': 'first',
    '/text': 'again',
  });
  expect(keySpace.get('/empty', false, false, NOW_MS)).toMatchObject({ node: { dir: true, createdIndex: 13 } });
  expect(keySpace.get('/_hidden', false, false, NOW_MS)).toMatchObject({ node: { value: 'h' } });
  expect(keySpace.get('/lasting', false, false, NOW_MS)).toMatchObject({
    node: { expirationMs: Date.parse('2121-12-21T10:27:42.728Z') },
  });
  expect(keySpace.index).toBe(15);
  expect(keySpace.history.scan('/gone', false, 4, true).map(({ action }) => action)).toEqual(['set', 'delete']);
  expect(cluster.members()).toMatchObject([{ name: 'kept', clientURLs: ['http://127.0.0.1:24790'] }]);
  await close();
});

test('format 2: it is written on, and read again', async () => {
  const directory = copyOf('format2');
  const first = await open(directory);
  const { machine } = first.restored;
  machine.apply(encodeBatch({ origin: 'f', run: 9, sequence: 1, commands: [set('/text', { value: 'more' })] }));
  const applied = Math.max(first.store.applied, ...first.restored.raft.entries.map(({ index }) => index));
  await first.store.write({ rows: machine.takeRows(), applied });
  await first.close();
  const second = await open(directory);
  expect(second.restored.machine.keySpace.get('/text', false, false, NOW_MS)).toMatchObject({
    node: { value: 'more', modifiedIndex: 16 },
  });
  await second.close();
});
