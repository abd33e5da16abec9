/** What is left of locks is looked for by the member itself, which no client asked for: nothing of it counts, and idle it does nothing. */
import { LOCKS } from '../../../src/api/modules/lockPaths';
import { set } from '../../machine/keyspace/writer';
import { TestCluster, type TestMember } from './testCluster';

const LOOKS_MS = 10_000;

test('the directory of a lock whose holder expired goes, and nothing of that is a read of a client', async () => {
  const cluster = new TestCluster(1);
  const [member] = cluster.members as [(typeof cluster.members)[0]];
  member.locks.start();
  const held = member.locks.acquire({ lock: `${LOCKS}/a/b`, value: undefined, ttlSeconds: 1, waitSeconds: undefined });
  await cluster.advance(500);
  expect(await held?.outcome).toMatchObject({ kind: 'held' });
  const [reads, watches] = [jest.spyOn(member, 'get'), jest.spyOn(member, 'watch')];
  await cluster.advance(LOOKS_MS);
  expect(member.space.get(LOCKS, false, false, 0)).toMatchObject({ ok: false, code: 100 });
  expect(reads).not.toHaveBeenCalled();
  expect(watches).not.toHaveBeenCalled();
  member.locks.stop();
});

test('while nothing is written nothing is read', async () => {
  const cluster = new TestCluster(1);
  const [member] = cluster.members as [(typeof cluster.members)[0]];
  const looks = jest.spyOn(member, 'past');
  member.locks.start();
  await cluster.advance(LOOKS_MS);
  const before = looks.mock.calls.length;
  await cluster.advance(LOOKS_MS);
  expect(looks.mock.calls.length).toBe(before);
  member.locks.stop();
});

test('where the history does not reach back it looks at everything, hidden or not, a little at a time', async () => {
  const cluster = new TestCluster(1);
  const [member] = cluster.members as [(typeof cluster.members)[0]];
  const directory = (path: string): Promise<unknown> => member.propose({ ...set(path), dir: true, value: '' });
  for (let count = 0; count < 12_000; count++) await directory(`${LOCKS}/full/${count}`);
  for (let count = 0; count < 12_000; count++) await member.propose(set(`${LOCKS}/full/${count}/x`));
  for (const name of ['left', '_hidden', 'a/_deep']) await directory(`${LOCKS}/${name}`);
  for (let count = 0; count < 2000; count++) await member.propose(set('/elsewhere'));
  const steps = jest.fn();
  const truly = member.vacantBelow.bind(member);
  jest.spyOn(member, 'vacantBelow').mockImplementation((path) => {
    const walk = truly(path);
    return { next: () => (steps(), walk.next()) };
  });
  const turns: number[] = [];
  const { after } = cluster.clock;
  jest.spyOn(cluster.clock, 'after').mockImplementation((delayMs, run) => {
    turns.push(steps.mock.calls.length);
    return after.call(cluster.clock, delayMs, run);
  });
  member.locks.start();
  await cluster.advance(LOOKS_MS);
  for (const name of ['left', '_hidden', 'a'])
    expect(member.space.get(`${LOCKS}/${name}`, false, false, 0)).toMatchObject({ ok: false, code: 100 });
  const all = steps.mock.calls.length;
  expect(all).toBeGreaterThan(24_000);
  const most = Math.max(...[...turns, all].map((count, at) => count - (turns[at - 1] ?? 0)));
  expect(most).toBeLessThanOrEqual(5000);
  member.locks.stop();
});

describe('twelve thousand that were left at once', () => {
  const LEFT = 12_000;
  let cluster: TestCluster;
  let member: TestMember;
  beforeEach(async () => {
    cluster = new TestCluster(1);
    member = cluster.members[0]!;
    for (let count = 0; count < LEFT; count++)
      await member.propose({ ...set(`${LOCKS}/${count}`), dir: true, value: '' });
  });
  afterEach(() => {
    member.locks.stop();
  });

  const left = (): number => {
    const read = member.space.get(LOCKS, false, false, 0);
    return read.ok ? (read.node.nodes?.length ?? 0) : 0;
  };

  test('are taken away some hundred at a look, whom clients share the log with', async () => {
    let [underWay, most] = [0, 0];
    const propose = member.propose.bind(member);
    const proposals = jest.spyOn(member, 'propose').mockImplementation(async (command) => {
      most = Math.max(most, ++underWay);
      const result = await propose(command);
      underWay -= 1;
      return result;
    });
    member.locks.start();
    for (let looks = 0; looks < LEFT / 500 + 10 && left() > 0; looks++) await cluster.advance(2000);
    expect(left()).toBe(0);
    expect(most).toBe(500);
    // Each of them once; the two above them are tried by each of the last ones.
    expect(proposals.mock.calls.length).toBeLessThanOrEqual(LEFT + 2 * 500);
  });

  test('are not proposed again while it is not known what became of that, and not all of them looked at each time', async () => {
    const proposals = jest.spyOn(member, 'propose').mockReturnValue(new Promise(() => undefined));
    const looks = jest.spyOn(member, 'isVacant');
    member.locks.start();
    await cluster.advance(LOOKS_MS);
    looks.mockClear();
    await cluster.advance(2000);
    expect(looks.mock.calls.length).toBeLessThanOrEqual(5000);
    expect(new Set(proposals.mock.calls.map(([{ path }]) => path)).size).toBe(500);
    expect(proposals).toHaveBeenCalledTimes(500);
  });
});
