import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { askForRoom, parseRoom } from '../../src/discovery/room';
import { dialTcp } from '../../src/platform/dial';

let servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  servers = [];
});

async function member(status: number, answer: object, asked: string[] = []) {
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(status).end(JSON.stringify(answer));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { id: '1', name: 'a', peerURLs: [url, 'http://nowhere.invalid:1'], clientURLs: [] };
}

const ROOM = { room: true, syncInterval: 5, leader: '' };

const answered = async (...answers: readonly object[]) => {
  const members = await Promise.all(answers.map((answer) => member(200, answer)));
  return askForRoom(members.map(withClientUrl), 'http://me:7001', dialTcp);
};

const withClientUrl = (listed: Awaited<ReturnType<typeof member>>, number: number) => ({
  ...listed,
  clientURLs: [`http://l${number}:1/x`, `https://l${number}:2`],
});

test('all are told who waits, and more than half of those that answer decide', async () => {
  const asked: string[] = [];
  const members = [await member(200, ROOM, asked), await member(200, { ...ROOM, room: false }, asked)];
  expect((await askForRoom(members, 'http://me:7001', dialTcp)).hasRoom).toBe(false);
  expect(asked).toEqual(Array(2).fill('POST /standby?peerURL=http%3A%2F%2Fme%3A7001'));
  const no = { ...ROOM, room: false };
  expect((await answered(ROOM, no, ROOM)).hasRoom).toBe(true);
  expect((await answered(no, ROOM, no)).hasRoom).toBe(false);
  expect((await answered()).hasRoom).toBe(true);
});

test('the leader is a member that is listed, whom most name', async () => {
  const names = (url: string): object => ({ ...ROOM, leader: url });
  const leader = async (...urls: readonly string[]) => (await answered(...urls.map(names))).leader?.clientURLs[0];
  expect(await leader('http://l1:1', 'http://l1:1', 'http://l0:1')).toBe('http://l1:1/x');
  expect(await leader('https://l1:2', '', '')).toBe('http://l1:1/x');
  // A host of somebody else, however many name it, is none.
  expect(await leader('http://evil:1', 'http://evil:1', 'http://l2:1')).toBe('http://l2:1/x');
  expect(await leader('http://evil:1', 'http://evil:1')).toBeUndefined();
  expect(await leader('http://l0:1', 'http://l1:1')).toBeUndefined();
});

test('no single interval that is far off decides', async () => {
  const every = (syncInterval: number): object => ({ ...ROOM, syncInterval });
  expect((await answered(every(600), every(7), every(7))).syncIntervalMs).toBe(7000);
  expect((await answered(every(600), every(7))).syncIntervalMs).toBe(7000);
});

test('a member that does not know the question says nothing against it', async () => {
  const members = [await member(404, {}), await member(200, { nonsense: 1 })];
  expect((await askForRoom(members, 'http://me:7001', dialTcp)).hasRoom).toBe(true);
});

test('an answer is believed within bounds', () => {
  expect(parseRoom('{"room":false,"syncInterval":1e99,"leader":"javascript:1"}')).toEqual({
    room: false,
    syncIntervalMs: 600_000,
    leaderURL: undefined,
  });
  expect(parseRoom('{"room":true,"syncInterval":0}').syncIntervalMs).toBe(1000);
  for (const text of ['null', '[]', '{}', '{"room":1}', '']) expect(() => parseRoom(text)).toThrow();
});
