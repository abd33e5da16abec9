/**
 * A cluster whose activeSize goes up and down while clients write, and a member that is killed at each turn between member and standby: it always
 * comes back, under an id that nobody had before, nothing that was acknowledged is lost, and it leaves no more behind each time.
 */
import { existsSync, readdirSync } from 'node:fs';
import { Cluster } from './cluster';
import type { ClusterMember } from './clusterMember';
import { call } from './httpClient';
import { sleep, until } from './waiting';

jest.setTimeout(300_000);

let cluster: Cluster;

afterEach(() => cluster.end());

const running = (): ClusterMember[] => cluster.members.filter(({ isRunning }) => isRunning);

/** The first answer with such a status, of whichever member. */
async function ofAnyone(statuses: readonly number[], request: Parameters<typeof call>[1]) {
  for (const member of running()) {
    const answer = await call(member.clientPort, request, 3000).catch(() => undefined);
    if (answer !== undefined && statuses.includes(answer.status)) return answer;
  }
  return undefined;
}

async function setSize(activeSize: number, removeDelay = 2): Promise<void> {
  const json = { activeSize, removeDelay, syncInterval: 1 };
  await until(`activeSize is ${activeSize}`, 60_000, () =>
    ofAnyone([200], { method: 'PUT', target: '/v2/admin/config', json }),
  );
}

async function listed(): Promise<readonly { id: string; name: string; isLearner?: boolean }[]> {
  const answer = await ofAnyone([200], { method: 'GET', target: '/v2/members' });
  return answer === undefined ? [] : JSON.parse(answer.text).members;
}

const isStandby = async (member: ClusterMember): Promise<boolean> =>
  (await member.get('/metrics', 2000)).text.includes('cairn_standby 1');

/** Writes one key after the other until it is told to end; what was acknowledged last for each. */
function writing(): { readonly end: () => Promise<ReadonlyMap<string, number>> } {
  const acknowledged = new Map<string, number>();
  let isOn = true;
  const written = (async () => {
    for (let value = 1; isOn; value++) {
      const key = `/w/${value % 100}`;
      const request = { method: 'PUT', target: `/v2/keys${key}`, form: { value: `${value}` } };
      if ((await ofAnyone([200, 201], request)) !== undefined) acknowledged.set(key, value);
      await sleep(25);
    }
  })();
  const end = async () => {
    isOn = false;
    await written;
    return acknowledged;
  };
  return { end };
}

/** When the one that goes and comes is killed, and started again. */
const PHASES = ['never', 'told', 'moved aside', 'waiting', 'joining', 'a learner'] as const;

test('a standby that is killed at each turn comes back as another member, and nothing is lost', async () => {
  cluster = await Cluster.start({ size: 4, heartbeatIntervalMs: 50, electionTimeoutMs: 400 });
  await setSize(4);
  const ids = new Map((await listed()).map(({ id, name }) => [id, name]));
  const writer = writing();
  for (const phase of PHASES) {
    const marks = new Map(cluster.members.map((member) => [member, member.logs().length]));
    const since = (member: ClusterMember): string => member.logs().slice(marks.get(member));
    const restart = async (one: ClusterMember): Promise<void> => {
      await one.kill();
      one.start();
    };
    await setSize(3);
    const one = await until('one is told', 60_000, () =>
      cluster.members.find((member) => since(member).includes('this process becomes a standby')),
    );
    if (phase === 'told') await restart(one);
    if (phase === 'moved aside') {
      await until('its data are moved', 60_000, () => since(one).includes('were moved aside'));
      await restart(one);
    }
    await until('it waits', 60_000, () => isStandby(one));
    if (phase === 'waiting') {
      await restart(one);
      await until('it waits again', 60_000, () => isStandby(one));
    }
    await setSize(4);
    if (phase === 'joining') {
      await until('it joins', 60_000, () => since(one).includes('there is room'));
      await restart(one);
    }
    if (phase === 'a learner') {
      await until('it is listed', 60_000, async () => (await listed()).length === 4);
      await restart(one);
    }
    const members = await until(`killed ${phase}: all four vote`, 60_000, async () => {
      const found = await listed();
      return found.length === 4 && found.every(({ name, isLearner }) => name !== '' && isLearner !== true) && found;
    });
    const added = members.filter(({ id }) => !ids.has(id));
    expect([phase, added.map(({ name }) => name)]).toEqual([phase, [one.name]]);
    for (const { id, name } of added) ids.set(id, name);
    await one.healthy();
    // A few are kept for who still needs them, however often it went.
    const aside = readdirSync(cluster.directory).filter((name) => name.startsWith(`${one.name}.data.`));
    expect(aside.filter((name) => /\.removed-\d+$/.test(name)).length).toBe(aside.length);
    expect(aside.length).toBeLessThanOrEqual(2);
  }
  const acknowledged = await writer.end();
  expect(acknowledged.size).toBeGreaterThan(10);
  for (const member of cluster.members) {
    const { nodes } = JSON.parse((await member.get('/v2/keys/w?quorum=true')).text).node;
    const found = new Map(nodes.map(({ key, value }: { key: string; value: string }) => [key, Number(value)]));
    const lost = [...acknowledged].filter(([key, value]) => !((found.get(key) as number) >= value));
    expect([member.name, lost]).toEqual([member.name, []]);
  }
});

test.each(['a follower', 'the leader'])(
  '%s that stood still until a standby took its place becomes one itself, and what it had is kept aside',
  async (who) => {
    cluster = await Cluster.start({ size: 4, heartbeatIntervalMs: 50, electionTimeoutMs: 400 });
    await setSize(3);
    const waiting = await until('one waits', 60_000, async () => {
      for (const member of cluster.members) if (await isStandby(member)) return member;
      return undefined;
    });
    const rest = cluster.members.filter((member) => member !== waiting);
    const states = await Promise.all(rest.map(async (member) => (await member.self()).state));
    const still = rest[states.findIndex((state) => (state === 'StateLeader') === (who === 'the leader'))]!;
    const other = rest.find((member) => member !== still)!;
    still.signal('SIGSTOP');
    // Taken by the kernel; whatever becomes of it, it is not acknowledged by who is no member any more.
    const sent = still.put('/sent', '1', 120_000).then(
      ({ status }) => status,
      () => undefined,
    );
    const names = (): Promise<string> => other.members().then((list) => list.map(({ name }) => name).join());
    await until('the standby took the place', 60_000, async () => {
      const now = await names();
      return now.includes(waiting.name) && !now.includes(still.name);
    });
    still.signal('SIGCONT');
    await until('it sends clients to the leader', 60_000, async () => (await still.get('/v2/keys/x')).status === 307);
    expect([200, 201]).not.toContain(await sent);
    expect((await other.get('/v2/keys/sent?quorum=true')).status).toBe(404);
    expect(still.logs()).toContain('this process becomes a standby, and joins again when there is room');
    expect([existsSync(`${still.dataDir}.removed-1/db`), existsSync(`${still.dataDir}/db`)]).toEqual([true, false]);
  },
);
