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

test('all are told who waits, and one that has no room is enough', async () => {
  const asked: string[] = [];
  const members = [
    await member(200, ROOM, asked),
    await member(200, { ...ROOM, room: false, leader: 'http://l:1/x' }, asked),
  ];
  expect(await askForRoom(members, 'http://me:7001', dialTcp)).toEqual({
    hasRoom: false,
    syncIntervalMs: 5000,
    leaderURL: 'http://l:1',
  });
  expect(asked).toEqual(Array(2).fill('POST /standby?peerURL=http%3A%2F%2Fme%3A7001'));
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
