import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { leaderBesides, type LeaderBesides } from '../../src/discovery/leaderBesides';
import { environment } from './joiner';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

interface Said {
  readonly url: string;
  asked: number;
}

/** A member that answers each time with the next of these, and with the last from then on. */
async function memberThatSays(clusterId: string, ...answers: readonly (readonly [number, string])[]): Promise<Said> {
  const said = { url: '', asked: 0 };
  const server = createServer((_request, response) => {
    const [status, text] = answers[Math.min(said.asked++, answers.length - 1)]!;
    response.writeHead(status, { 'X-Etcd-Cluster-Id': clusterId, Connection: 'close' });
    response.end(text);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  said.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return said;
}

function ask(...urls: readonly string[]): Promise<LeaderBesides | undefined> {
  const others = urls.map((url, at) => ({ id: `b${at}`, name: `b${at}`, peerURLs: [], clientURLs: [url] }));
  const own = { id: 'a', name: 'a', peerURLs: [], clientURLs: ['http://127.0.0.1:1'] };
  return leaderBesides({ clusterId: 'cafe', ownId: 'a', members: [own, ...others] }, 20, environment().environment);
}

const LED: readonly [number, string] = [200, '{"id":"b1"}'];
const ELECTION: readonly [number, string] = [503, '{"message":"During election"}'];

test('one that answers with a leader is enough', async () => {
  const { url } = await memberThatSays('cafe', LED);
  expect(await ask('http://127.0.0.1:1', url)).toEqual({ server: url, leaderId: 'b1' });
});

test('an election is waited for, and this member is no leader while it asks', async () => {
  const member = await memberThatSays('cafe', ELECTION, [200, '{"id":"a"}'], LED);
  expect(await ask(member.url)).toMatchObject({ leaderId: 'b1' });
  expect(member.asked).toBe(3);
});

test('survivors without a leader are asked a few times, and then it goes on', async () => {
  const member = await memberThatSays('cafe', ELECTION);
  expect(await ask(member.url)).toBeUndefined();
  expect(member.asked).toBe(4);
});

test('silence, another cluster and nonsense do not count', async () => {
  const foreign = await memberThatSays('beef', LED);
  const nonsense = await memberThatSays('cafe', [200, '{']);
  const other = await memberThatSays('cafe', [200, '{"id":7}']);
  expect(await ask('http://127.0.0.1:1', foreign.url, nonsense.url, other.url)).toBeUndefined();
  expect([foreign.asked, nonsense.asked, other.asked]).toEqual([1, 1, 1]);
});
