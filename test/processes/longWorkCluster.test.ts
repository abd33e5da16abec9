/** Under long work of clients three members keep their leader: heartbeats come in time, and nobody stands for election. */
import { Cluster } from '../cluster/cluster';
import type { ClusterMember } from '../cluster/clusterMember';
import { call, closeConnections } from '../cluster/httpClient';
import { until } from '../cluster/waiting';

const MEBIBYTE = 1024 * 1024;
const KEYS = 4000;
const LISTINGS = 12;
const LARGE = 'x'.repeat(9.9 * MEBIBYTE);
const LONG_MS = 60_000;
/** On a machine that several of these tests share, a second without a turn is no fault of the member. */
const TIMES = ['--heartbeat-interval', '100', '--election-timeout', '2500'];

let cluster: Cluster;

beforeAll(async () => {
  cluster = await Cluster.start({ moreArguments: TIMES });
});

afterAll(async () => {
  closeConnections();
  await cluster.end();
});

async function term(member: ClusterMember): Promise<number> {
  const answer = await member.get('/v2/keys/');
  return Number(answer.headers['x-raft-term']);
}

const terms = () => Promise.all(cluster.members.map(term));

async function fill(member: ClusterMember): Promise<void> {
  let next = 0;
  const client = async (): Promise<void> => {
    while (next < KEYS) {
      const key = next++;
      const { status } = await member.put(`/many/${key % 20}/${key}`, 'some value', LONG_MS);
      expect(status).toBe(201);
    }
  };
  await Promise.all(Array.from({ length: 32 }, client));
}

/** Long work at each member at once; all of it is carried out, or refused with a reason. */
async function work(): Promise<void> {
  const statuses: number[] = [];
  const noted = async (answer: Promise<{ readonly status: number }>): Promise<void> => {
    statuses.push((await answer).status);
  };
  const { members } = cluster;
  const all: Promise<void>[] = [];
  for (let count = 0; count < LISTINGS; count += 1) {
    all.push(noted(members[count % 3]!.get('/v2/keys/many?recursive=true&sorted=true', LONG_MS)));
  }
  for (const [at, member] of members.entries()) {
    for (const count of [0, 1]) all.push(noted(member.put(`/large/${at}-${count}`, LARGE, LONG_MS)));
    all.push(noted(member.put(`/escaped/${at}`, '\x01'.repeat(MEBIBYTE), LONG_MS)));
  }
  const removal = { method: 'DELETE', target: '/v2/keys/many?recursive=true' };
  all.push(noted(call(members[1]!.clientPort, removal, LONG_MS)));
  await Promise.all(all);
  expect(statuses.filter((status) => ![200, 201, 404, 500, 503].includes(status))).toEqual([]);
  expect(statuses.filter((status) => status < 300).length).toBeGreaterThan(LISTINGS / 2);
}

test('a deletion, listings, and values of megabytes at all members', async () => {
  const leader = await cluster.leader();
  await fill(leader);
  const before = await terms();
  const quiet = cluster.members.map((member) => member.logs().length);
  await work();
  await until('all members have the same', LONG_MS, async () => {
    const answers = await Promise.all(cluster.members.map((member) => member.get('/v2/keys/?recursive=true', LONG_MS)));
    return new Set(answers.map(({ text }) => text)).size === 1 || undefined;
  });
  expect(await terms()).toEqual(before);
  expect((await cluster.leader()).name).toBe(leader.name);
  const lines = cluster.members.map((member, at) => member.logs().slice(quiet[at]));
  expect(lines.filter((text) => /there is no leader|lost the TCP|sending buffer is full/.test(text))).toEqual([]);
});
