/** Clusters with the same id that are two, and ones that tell none. */
import { createClient, type Client } from '../../../src/client/client';
import { sameCluster } from '../../../src/ctl/migrate/sameCluster';
import { FakeServer } from '../../client/fakeServer';

const servers = [new FakeServer(), new FakeServer()] as const;
let clients: Client[];

beforeAll(() => Promise.all(servers.map((server) => server.start())));
beforeEach(() => (clients = servers.map(({ url }) => createClient({ endpoints: url, roundsMax: 1 }))));
afterEach(() => {
  for (const client of clients) client.close();
});
afterAll(() => {
  for (const server of servers) server.stop();
});

interface Told {
  readonly id?: string;
  /** X-Etcd-Index, X-Raft-Index and X-Raft-Term of one answer after the other. */
  readonly indexes: readonly (readonly [number, number?, number?])[];
}

function telling(server: FakeServer, { id, indexes }: Told): void {
  let at = 0;
  server.answer = () => {
    const [index = 0, raft, term] = indexes[Math.min(at++, indexes.length - 1)] ?? [];
    const headers = {
      'X-Etcd-Index': String(index),
      ...(raft === undefined ? {} : { 'X-Raft-Index': String(raft) }),
      ...(term === undefined ? {} : { 'X-Raft-Term': String(term) }),
      ...(id === undefined ? {} : { 'X-Etcd-Cluster-Id': id }),
    };
    return { body: { action: 'get', node: { key: '/', dir: true } }, headers };
  };
}

const DEFAULT_ID = 'cdf818194e3a8c32';

test.each<readonly [string, Told, Told, string | undefined]>([
  ['ids that differ', { id: 'a', indexes: [[5, 9, 2]] }, { id: 'b', indexes: [[5, 9, 2]] }, undefined],
  ['one id, and nothing happens', { id: 'a', indexes: [[5, 9, 2]] }, { id: 'a', indexes: [[5, 9, 2]] }, 'a'],
  [
    'one id, written to meanwhile',
    ...([
      {
        id: 'a',
        indexes: [
          [5, 9, 2],
          [50, 90, 3],
        ],
      },
      { id: 'a', indexes: [[20, 30, 3]] },
    ] as const),
    'a',
  ],
  [
    'two clusters of the defaults of etcd, on two machines',
    ...([
      { id: DEFAULT_ID, indexes: [[500, 900, 2]] },
      { id: DEFAULT_ID, indexes: [[2, 4, 2]] },
    ] as const),
    undefined,
  ],
  [
    'two of which the target was written to by more',
    ...([
      { id: DEFAULT_ID, indexes: [[5, 9, 2]] },
      { id: DEFAULT_ID, indexes: [[6, 9, 2]] },
    ] as const),
    undefined,
  ],
  [
    'a source of before 2.0, which tells no id',
    { indexes: [[5, 70, 1]] },
    { id: 'a', indexes: [[5, 9, 2]] },
    undefined,
  ],
  ['one that tells nothing', { indexes: [[5]] }, { id: 'a', indexes: [[5, 9, 2]] }, undefined],
  ['a cluster whose id is taken away on the way', { indexes: [[5, 9, 2]] }, { id: 'a', indexes: [[5, 9, 2]] }, 'a'],
])('%s', async (_, source, target, expected) => {
  telling(servers[0], source);
  telling(servers[1], target);
  const [from, to] = clients as [Client, Client];
  expect(await sameCluster(await from.keys.get('/'), from, to)).toBe(expected);
  expect(servers.flatMap(({ asked }) => asked).every(({ method }) => method === 'GET')).toBe(true);
});
