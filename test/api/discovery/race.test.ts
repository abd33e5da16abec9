/** Many more members than a cluster has places for, all at once, against a whole server. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { InProcess } from '../../support/inProcess';
import { startInProcess } from '../../support/inProcess';
import { join } from './joiner';

const JOINERS = 100;
const SIZE = 5;
const KNOWN = '0123456789abcdef0123456789abcdef';

let service: InProcess;

beforeAll(async () => {
  service = await startInProcess('discovery', [`--discovery-tokens=${KNOWN}=4`]);
  for (let attempt = 0; (await fetch(`${service.url}/${KNOWN}`)).status !== 200; attempt++) {
    if (attempt > 600) throw new Error('the service did not come up');
    await sleep(50);
  }
});

afterAll(() => service.stop());

test('a hundred that race for five places make exactly one cluster', async () => {
  const url = await (await fetch(`${service.url}/new?size=${SIZE}`)).text();
  const ids = Array.from({ length: JOINERS }, (_, number) => (0xabc000 + number).toString(16));
  const joined = await Promise.all(ids.map((id) => join(url, id, `http://${id}:2380`)));

  const clusters = new Set(joined.map(({ members }) => JSON.stringify(members.map(({ value }) => value))));
  expect(clusters.size).toBe(1);
  expect(joined.filter(({ outcome }) => outcome === 'member')).toHaveLength(SIZE);
  expect(joined.filter(({ outcome }) => outcome === 'full')).toHaveLength(JOINERS - SIZE);
  const first = joined[0]!.members;
  expect(new Set(first.map(({ key }) => key)).size).toBe(SIZE);
  expect(first.map(({ createdIndex }) => createdIndex)).toEqual(
    first.map(({ createdIndex }) => createdIndex).toSorted((one, other) => one - other),
  );

  const all = (await (await fetch(url)).json()) as { node: { nodes: { key: string; createdIndex: number }[] } };
  const oldest = all.node.nodes.toSorted((one, other) => one.createdIndex - other.createdIndex).slice(0, SIZE);
  expect(first.map(({ key }) => key)).toEqual(oldest.map(({ key }) => key));
});

test('a token that was asked for at start is there', async () => {
  const joined = await Promise.all(['a', 'b', 'c', 'd'].map((id) => join(`${service.url}/${KNOWN}`, id, 'http://x')));
  expect(joined.map(({ outcome }) => outcome)).toEqual(['member', 'member', 'member', 'member']);
});

test('a size can not be changed, and what was not made is not known', async () => {
  const url = await (await fetch(`${service.url}/new`, { method: 'POST' })).text();
  const size = await fetch(`${url}/_config/size`, { method: 'PUT', body: new URLSearchParams({ value: '9' }) });
  expect(size.status).toBe(405);
  expect(await (await fetch(`${url}/_config/size`)).json()).toMatchObject({ node: { value: '3' } });
  const unknown = await fetch(`${service.url}/${'0'.repeat(32)}`);
  expect(unknown.status).toBe(404);
  expect(await unknown.json()).toMatchObject({ errorCode: 100, cause: `/_etcd/registry/${'0'.repeat(32)}` });
});
