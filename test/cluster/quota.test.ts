/** Three members of which one can hold less of the store than the others. */
import { call, type Answer } from './httpClient';
import { Cluster } from './cluster';
import type { ClusterMember } from './clusterMember';
import { until } from './waiting';

const LEAST_BYTES = 60_000;
const VALUE = 'x'.repeat(1500);

let cluster: Cluster;
let smallest: ClusterMember;

beforeAll(async () => {
  cluster = await Cluster.place();
  for (const [at, member] of cluster.members.entries()) {
    member.start(cluster.argumentsFor(cluster.members, '--quota-bytes', String(at === 0 ? LEAST_BYTES : 10_000_000)));
  }
  await cluster.healthy();
  smallest = cluster.members[0]!;
});

afterAll(() => cluster.end());

/** Until a write is refused; how many were taken, and the refusal. */
async function fill(through: ClusterMember): Promise<{ taken: number; refused: Answer }> {
  for (let taken = 0; ; taken++) {
    const answer = await through.put(`/${through.name}-${taken}`, VALUE);
    if (answer.status !== 201) return { taken, refused: answer };
    if (taken > 100) throw new Error('nothing was refused');
  }
}

function remove(through: ClusterMember, key: string): Promise<Answer> {
  return call(through.clientPort, { method: 'DELETE', target: `/v2/keys${key}` });
}

/** Each leader hears of the limit within a moment, not before it leads. */
async function leaderKnows(): Promise<void> {
  await until('the leader knows the lowest limit', 60_000, async () => {
    const answer = await cluster.members[1]!.put('/large', 'x'.repeat(LEAST_BYTES));
    if (answer.status !== 507) await remove(cluster.members[1]!, '/large');
    return answer.status === 507 || undefined;
  });
}

test('no member takes more than that one can hold, and it starts on more with a lower limit', async () => {
  await leaderKnows();
  const fillings = [];
  for (const member of cluster.members) fillings.push(await fill(member));
  expect(fillings.map(({ refused }) => refused.status)).toEqual([507, 507, 507]);
  for (const { refused } of fillings) expect(refused.text).toContain('etcdserver: mvcc: database space exceeded');
  const taken = fillings.map((filling) => filling.taken).reduce((sum, count) => sum + count);
  expect(taken).toBeGreaterThanOrEqual(10);
  expect(taken * VALUE.length).toBeLessThan(LEAST_BYTES);
  await until('all of them say so', 60_000, async () => {
    const answers = await Promise.all(cluster.members.map((member) => member.get('/health')));
    return answers.every(({ text }) => text.includes('ALARM NOSPACE')) || undefined;
  });

  await smallest.stop();
  smallest.start(cluster.argumentsFor(cluster.members, '--quota-bytes', String(LEAST_BYTES / 2)));
  await until('it is ready', 60_000, async () => (await smallest.get('/readyz')).status === 200 || undefined);
  expect((await smallest.get('/health')).text).toContain('ALARM NOSPACE');
  await leaderKnows();
  expect((await smallest.put('/small', '1')).status).toBe(507);
  for (let n = 0; n < taken; n++) {
    for (const { name } of cluster.members) await remove(smallest, `/${name}-${n}`);
  }
  expect((await smallest.put('/small', '1')).status).toBe(201);
  await until('all are well', 60_000, async () => {
    const answers = await Promise.all(cluster.members.map((member) => member.get('/health')));
    return answers.every(({ status }) => status === 200) || undefined;
  });
});
