/** What clients notice, and do not, while members of a cluster of three are dead, stopped or restarted. */
import { readFileSync } from 'node:fs';
import { startFairClock } from '../support/fairClock';
import { Cluster } from './cluster';
import { call } from './httpClient';
import { missingFrom, writeUntil } from './retryingClient';
import { sleep, until } from './waiting';

let cluster: Cluster;

beforeAll(async () => {
  cluster = await Cluster.start();
});

afterAll(() => cluster.end());

/** From the request to an answer that is not a failure of the member. */
async function writeWithin(limitMs: number, key: string): Promise<number> {
  const elapsedMs = startFairClock();
  const running = cluster.members.filter(({ isRunning }) => isRunning);
  await until('a write succeeds', limitMs, async () => {
    for (const member of running) if ((await member.put(key, 'x', 1000)).status < 300) return true;
    return undefined;
  });
  return elapsedMs();
}

test('with one member down writes go on, and it has all of them when it is back', async () => {
  const [down, up] = await cluster.followers();
  await down!.kill();
  for (let number = 0; number < 20; number++) expect((await up!.put(`/one-down/${number}`, 'x')).status).toBe(201);
  down!.start();
  await down!.healthy();
  const nodes = JSON.parse((await down!.get('/v2/keys/one-down')).text).node.nodes;
  expect(nodes).toHaveLength(20);
});

test('when the leader is killed the next write succeeds within a few election timeouts', async () => {
  const leader = await cluster.leader();
  await leader.kill();
  expect(await writeWithin(5000, '/leader-killed')).toBeLessThan(3000);
  leader.start();
  await cluster.healthy();
});

test('with two members down a write answers 300 in time, a quorum read too, and plain reads are still served', async () => {
  await cluster.members[0]!.put('/before', 'kept');
  const [survivor, ...others] = cluster.members;
  await until('the survivor has it', 60_000, async () => (await survivor!.value('/before')) === 'kept' || undefined);
  for (const member of others) await member.kill();
  const elapsedMs = startFairClock();
  const [write, read] = await Promise.all([
    survivor!.put('/no-quorum', 'x'),
    survivor!.get('/v2/keys/before?quorum=true'),
    until('a plain read', 60_000, async () => (await survivor!.value('/before')) === 'kept' || undefined),
  ]);
  // 5 s and two election timeouts of 200 ms.
  expect(elapsedMs()).toBeLessThan(7000);
  for (const answer of [write, read]) {
    expect(answer.status).toBe(500);
    expect(JSON.parse(answer.text)).toMatchObject({ errorCode: 300, message: 'Raft Internal Error' });
  }
  expect((await survivor!.get('/health')).status).toBe(503);
  expect((await survivor!.get('/livez')).status).toBe(200);
  const said = (): string => readFileSync(survivor!.logFile, 'utf8');
  await until('it says whom it waits for', 60_000, () => said().includes('no quorum: waiting for ') || undefined);
  const line = said()
    .split('\n')
    .find((each) => each.includes('no quorum: waiting for '));
  for (const { name, place } of others) expect(line).toContain(`${name} (${place.peerUrl})`);
  for (const member of others) member.start();
  await cluster.healthy();
  expect(said().split('no quorum: waiting for ')).toHaveLength(2);
  expect(said().lastIndexOf('the cluster has a leader')).toBeGreaterThan(said().indexOf('no quorum: waiting for '));
  expect((await survivor!.put('/quorum-again', 'x')).status).toBe(201);
});

test('all three killed at one instant under load: everything acknowledged is there afterwards', async () => {
  let isOver = false;
  let acknowledged = 0;
  const count = (): void => {
    acknowledged++;
  };
  const loads = [1, 2, 3, 4].map((number) => writeUntil(cluster.members, `killed-${number}`, () => isOver, 0, count));
  // As long as that takes here: how many writes a machine manages in some time is not what this is about.
  await until('a hundred writes are acknowledged', 60_000, () => acknowledged > 100 || undefined);
  isOver = true;
  await cluster.killAll();
  const reports = await Promise.all(loads);
  for (const member of cluster.members) member.start();
  await cluster.healthy();
  for (const [position, report] of reports.entries()) {
    expect(await missingFrom(cluster.members[position % 3]!, `killed-${position + 1}`, report)).toEqual([]);
  }
});

test('a leader that was stopped for longer than an election never answers a quorum read from the past', async () => {
  for (let round = 0; round < 3; round++) {
    const leader = await cluster.leader();
    const [other] = await cluster.followers();
    await other!.put('/paused', `old-${round}`);
    leader.signal('SIGSTOP');
    // Asked while it sleeps: it answers when it wakes, still thinking that it leads.
    const asked = [1, 2, 3].map(() =>
      call(leader.clientPort, { method: 'GET', target: '/v2/keys/paused?quorum=true' }),
    );
    await until('the others go on', 60_000, async () => {
      const answer = await other!.put('/paused', `new-${round}`, 1000);
      return answer.status === 200 || undefined;
    });
    leader.signal('SIGCONT');
    const late = [1, 2, 3].map(() => call(leader.clientPort, { method: 'GET', target: '/v2/keys/paused?quorum=true' }));
    for (const answer of await Promise.all([...asked, ...late])) {
      expect(JSON.parse(answer.text).node.value).toBe(`new-${round}`);
    }
  }
});

test('a leader that is asked to stop hands over: writes go on without waiting for an election', async () => {
  const electionTimeoutMs = 2000;
  const patient = await Cluster.start({ heartbeatIntervalMs: 100, electionTimeoutMs, moreArguments: [] });
  try {
    const leader = await patient.leader();
    const rest = patient.members.filter((member) => member !== leader);
    let isOver = false;
    const load = writeUntil(rest, 'handed-over', () => isOver);
    await sleep(200);
    expect(await leader.stop()).toEqual({ code: 0, signal: null });
    await sleep(200);
    isOver = true;
    const report = await load;
    expect(report.failures).toEqual([]);
    // Whoever waits for an election waits longer than that, and so does a write that a leader took with it.
    expect(report.longestGapMs).toBeLessThan(electionTimeoutMs / 2);
    // Members see that a process has ended and elect at once: that was no handing over. It was if another one led before this one ended.
    expect(leader.logs()).toMatch(
      /"msg":"stopping"[^]*"self":false,[^\n]*"msg":"the cluster has a leader"[^]*"msg":"stopped"/,
    );
  } finally {
    await patient.end();
  }
});

test('a rolling restart under load: a client that tries a second member once sees no failure', async () => {
  let isOver = false;
  const loads = [1, 2].map((number) => writeUntil(cluster.members, `rolling-${number}`, () => isOver));
  for (const member of cluster.members) {
    expect(await member.stop()).toEqual({ code: 0, signal: null });
    member.start();
    await member.healthy();
  }
  isOver = true;
  const reports = await Promise.all(loads);
  for (const [position, report] of reports.entries()) {
    expect(report.failures).toEqual([]);
    expect(report.acknowledged.length).toBeGreaterThan(50);
    expect(await missingFrom(cluster.members[0]!, `rolling-${position + 1}`, report)).toEqual([]);
  }
});
