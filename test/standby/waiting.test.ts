import type { ListedMember } from '../../src/discovery/beginning';
import type { Room } from '../../src/discovery/room';
import { Waiting, type WaitingParts } from '../../src/standby/waiting';

const MEMBER: ListedMember = { id: '1', name: 'a', peerURLs: ['http://a:1'], clientURLs: [] };
const OTHER: ListedMember = { id: '2', name: 'b', peerURLs: ['http://b:1'], clientURLs: [] };

let waits: { afterMs: number; run: () => void }[];
let rooms: number;
let asked: (readonly string[])[];
let answers: boolean;
let room: Room;
let waiting: Waiting;
let clusters: string[];

const parts = (): WaitingParts => ({
  clock: {
    after: (afterMs, run) => {
      waits.push({ afterMs, run });
      return () => waits.splice(0);
    },
  },
  askMembers: (urls) => {
    asked.push(urls);
    return Promise.resolve(answers ? { clusterId: 'c', members: [OTHER] } : undefined);
  },
  askForRoom: () => Promise.resolve(room),
  onCluster: ({ clusterId, members }) => clusters.push(`${clusterId}/${members.map(({ name }) => name).join()}`),
  onRoom: () => rooms++,
  log: () => undefined,
});

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  [waits, rooms, asked, answers, clusters] = [[], 0, [], true, []];
  room = { hasRoom: false, syncIntervalMs: 7000, leaderURL: 'http://a:2' };
  waiting = new Waiting([MEMBER], parts());
});

async function next(): Promise<void> {
  waits.shift()?.run();
  await turn();
}

test('it knows who leads, and looks again when the cluster says', async () => {
  waiting.start();
  await turn();
  expect([waiting.leaderURL, waits.map(({ afterMs }) => afterMs)]).toEqual(['http://a:2', [7000]]);
  await next();
  // Whom it asks is whoever was a member last.
  expect(asked).toEqual([['http://a:1'], ['http://b:1']]);
  expect(rooms).toBe(0);
});

test('it says once that there is room, and looks no more', async () => {
  room = { ...room, hasRoom: true };
  waiting.start();
  await turn();
  expect([rooms, waits]).toEqual([1, []]);
});

test('while nobody leads there is no room', async () => {
  room = { hasRoom: true, syncIntervalMs: 1000, leaderURL: undefined };
  waiting.start();
  await turn();
  expect([rooms, waiting.leaderURL, waits.length]).toEqual([0, undefined, 1]);
});

test('if nobody answers it asks the same again soon, and knows no leader', async () => {
  waiting.start();
  await turn();
  answers = false;
  await next();
  expect([waiting.leaderURL, waits[0]?.afterMs]).toEqual([undefined, 1000]);
  await next();
  expect(asked.at(-1)).toEqual(['http://b:1']);
});

test('after its end it looks no more', async () => {
  room = { ...room, hasRoom: true };
  waiting.start();
  waiting.stop();
  await turn();
  expect([rooms, waits]).toEqual([0, []]);
});

test('it tells who the members are each time it hears it', async () => {
  waiting.start();
  await turn();
  answers = false;
  await next();
  expect(clusters).toEqual(['c/b']);
});

test('whoever was a member a moment ago takes no place at its first look, and one at its second', async () => {
  room = { ...room, hasRoom: true };
  waiting = new Waiting([MEMBER], { ...parts(), looksFirst: true });
  waiting.start();
  await turn();
  expect([rooms, waiting.leaderURL]).toEqual([0, 'http://a:2']);
  await next();
  expect(rooms).toBe(1);
});

test('a first look that finds nobody is none', async () => {
  room = { ...room, hasRoom: true };
  answers = false;
  waiting = new Waiting([MEMBER], { ...parts(), looksFirst: true });
  waiting.start();
  await turn();
  answers = true;
  await next();
  expect(rooms).toBe(0);
});
