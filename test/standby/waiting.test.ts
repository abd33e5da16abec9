import type { ListedMember } from '../../src/discovery/beginning';
import type { Room } from '../../src/discovery/room';
import type { KnownCluster } from '../../src/platform/standbyFile';
import { Waiting, type WaitingParts } from '../../src/standby/waiting';

const MEMBER: ListedMember = { id: '1', name: 'a', peerURLs: ['http://a:1'], clientURLs: [] };
const OTHER: ListedMember = { id: '2', name: 'b', peerURLs: ['http://b:1'], clientURLs: [] };

const LEADER: ListedMember = { ...OTHER, clientURLs: ['http://a:2/x', 'ftp://no', 'https://a:3'] };
const START = { clusterId: 'c', members: [MEMBER] };
const ORIGINS = ['http://a:2', 'https://a:3'];

let waits: { afterMs: number; run: () => void }[];
let rooms: number;
let asked: KnownCluster[];
let answers: boolean;
let room: Room;
let waiting: Waiting;
let clusters: string[];
let listed: ListedMember[];
let lines: string[];

const parts = (): WaitingParts => ({
  clock: {
    after: (afterMs, run) => {
      waits.push({ afterMs, run });
      return () => waits.splice(0);
    },
  },
  peerURLs: ['http://me:1'],
  askMembers: (known) => {
    asked.push(known);
    return Promise.resolve(
      answers
        ? { kind: 'agreed', cluster: { clusterId: 'c', members: listed } }
        : { kind: 'none', answered: 0, known: 1, otherClusters: ['d'] },
    );
  },
  askForRoom: () => Promise.resolve(room),
  onCluster: ({ clusterId, members }) =>
    clusters.push(`${clusterId}/${members.map(({ peerURLs }) => peerURLs).join()}`),
  onRoom: () => rooms++,
  log: (_fields, message) => void lines.push(message),
});

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  [waits, rooms, asked, answers, clusters, lines] = [[], 0, [], true, [], []];
  listed = [OTHER];
  room = { hasRoom: false, syncIntervalMs: 7000, leader: LEADER };
  waiting = new Waiting(START, parts());
});

async function next(): Promise<void> {
  waits.shift()?.run();
  await turn();
}

test('it knows who leads, and looks again when the cluster says', async () => {
  waiting.start();
  await turn();
  expect([waiting.leaderURLs, waits.map(({ afterMs }) => afterMs)]).toEqual([ORIGINS, [7000]]);
  await next();
  // Whom it asks is whoever was a member last.
  expect(asked).toEqual(
    [['http://a:1'], ['http://b:1']].map((peerURLs) => ({ clusterId: 'c', members: [{ peerURLs }] })),
  );
  expect(rooms).toBe(0);
});

test('it says once that there is room, and looks no more', async () => {
  room = { ...room, hasRoom: true };
  waiting.start();
  await turn();
  expect([rooms, waits]).toEqual([1, []]);
});

test('while nobody leads there is no room', async () => {
  room = { hasRoom: true, syncIntervalMs: 7000, leader: undefined };
  waiting.start();
  await turn();
  expect([rooms, waiting.leaderURLs, waits.map(({ afterMs }) => afterMs)]).toEqual([0, [], [1000]]);
});

test('if nobody answers it asks the same again soon, and knows no leader', async () => {
  waiting.start();
  await turn();
  answers = false;
  await next();
  expect([waiting.leaderURLs, waits[0]?.afterMs]).toEqual([[], 1000]);
  await next();
  expect(asked.at(-1)?.members).toEqual([{ peerURLs: ['http://b:1'] }]);
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
  expect(clusters).toEqual(['c/http://b:1']);
});

test('whoever was a member a moment ago takes no place at its first look, and one at its second', async () => {
  room = { ...room, hasRoom: true };
  waiting = new Waiting(START, { ...parts(), looksFirst: true });
  waiting.start();
  await turn();
  expect([rooms, waiting.leaderURLs]).toEqual([0, ORIGINS]);
  await next();
  expect(rooms).toBe(1);
});

test('a first look that finds nobody is none', async () => {
  room = { ...room, hasRoom: true };
  answers = false;
  waiting = new Waiting(START, { ...parts(), looksFirst: true });
  waiting.start();
  await turn();
  answers = true;
  await next();
  expect(rooms).toBe(0);
});

test('who never started has no word in who the members are', async () => {
  listed = [OTHER, { ...MEMBER, name: '' }];
  waiting.start();
  await turn();
  await next();
  expect(asked.at(-1)?.members).toEqual([{ peerURLs: ['http://b:1'] }]);
});

test('it joins without room where an operator has added it, and not while its former self is still listed', async () => {
  listed = [OTHER, { id: '3', name: 'me', peerURLs: ['http://me:1'], clientURLs: [] }];
  waiting.start();
  await turn();
  expect(rooms).toBe(0);
  listed = [OTHER, { id: '4', name: '', peerURLs: ['http://me:1'], clientURLs: [] }];
  await next();
  expect([rooms, waits]).toEqual([1, []]);
});

test('it says now and then that no majority answers, and what can be done', async () => {
  answers = false;
  waiting.start();
  for (let looks = 0; looks < 40; looks++) {
    await turn();
    waits.shift()?.run();
  }
  expect(lines).toHaveLength(2);
  expect(lines[0]).toContain('0 of the 1 members that are known answer for the cluster c');
  expect(lines[0]).toContain('STANDBY');
});
