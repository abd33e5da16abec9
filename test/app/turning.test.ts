/** A real process, this one, that turns from member to proxy and back on the same ports and with the same data directory. */
import { createServer, type Server } from 'node:net';
import { asMember } from '../../src/app/memberOrStandby';
import { asProxy } from '../../src/app/start';
import { ListenError } from '../../src/api/listenError';
import { freePlace, startInProcess, type InProcess } from '../support/inProcess';

const running: InProcess[] = [];
afterEach(async () => {
  for (const each of running.splice(0)) await each.stop();
});

async function startOne(...parameters: Parameters<typeof startInProcess>): Promise<InProcess> {
  const started = await startInProcess(...parameters);
  running.push(started);
  return started;
}

function peersAt({ peerUrl }: InProcess) {
  return { peerURLs: [peerUrl], clusterId: undefined };
}

/** A cluster of one to forward to, and a member of another one that is to turn. */
async function pair() {
  const cluster = await startOne('all', ['--name=other']);
  const turning = await startOne('all');
  const proxy = asProxy(turning.setting, () => Promise.resolve(peersAt(cluster)));
  return { cluster, turning, proxy, member: asMember(turning.setting) };
}

async function put(at: InProcess, value: string): Promise<number> {
  const answer = await fetch(`${at.url}/v2/keys/a`, { method: 'PUT', body: new URLSearchParams({ value }) });
  await answer.text();
  return answer.status;
}

async function read(at: InProcess): Promise<string | undefined> {
  const answer = (await (await fetch(`${at.url}/v2/keys/a`)).json()) as { node?: { value: string } };
  return answer.node?.value;
}

/** Holds the port as another process would. */
function occupy(port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      resolve(server);
    });
  });
}

test('it serves its own data, then those of the cluster, then its own again', async () => {
  const { cluster, turning, proxy, member } = await pair();
  expect(await put(turning, 'own')).toBe(201);

  await turning.serving.turnTo(proxy);
  expect(await read(turning)).toBeUndefined();
  expect(await put(turning, 'of the cluster')).toBe(201);
  expect(await read(cluster)).toBe('of the cluster');

  await turning.serving.turnTo(member);
  expect(await read(turning)).toBe('own');
  expect(await put(turning, 'own again')).toBe(200);
  expect(await read(cluster)).toBe('of the cluster');
});

test('a watch ends when its member makes way, and what comes while nobody listens is refused at once', async () => {
  const { turning, proxy } = await pair();
  const watch = await fetch(`${turning.url}/v2/keys/watched?wait=true&stream=true`);
  const watched = watch.text().catch(() => 'cut');
  const answers: unknown[] = [];
  let isOver = false;
  const client = (async () => {
    while (!isOver) {
      answers.push(
        await put(turning, 'x').catch((error: unknown) => ((error as Error).cause as { code: string }).code),
      );
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  await turning.serving.turnTo(proxy);
  isOver = true;
  await client;
  expect(['', 'cut']).toContain(await watched);
  // The connection at hand, then nobody who listens, then the proxy.
  const lost = answers.filter((answer) => answer !== 200 && answer !== 201 && answer !== 'ECONNREFUSED');
  expect(lost.length).toBeLessThanOrEqual(1);
});

test('a second start that fails leaves nothing open, and the first can come back', async () => {
  const { turning, proxy, member } = await pair();
  expect(await put(turning, 'own')).toBe(201);
  // It listens where somebody else already does.
  const place = await freePlace();
  const taken = await occupy(place.port);
  const configuration = { ...turning.setting.configuration };
  configuration.listenClientUrls = [
    ...configuration.listenClientUrls,
    { ...configuration.listenClientUrls[0]!, port: place.port },
  ];
  const elsewhere = asProxy({ ...turning.setting, configuration }, () => Promise.resolve(peersAt(turning)));
  await expect(turning.serving.turnTo(elsewhere)).rejects.toThrow(ListenError);
  expect(turning.serving.role).toBeUndefined();
  await expect(fetch(turning.url)).rejects.toThrow();
  (await occupy(turning.port)).close();

  await turning.serving.turnTo(member);
  expect(await read(turning)).toBe('own');

  // And the other way round: its peer port is taken while it is a proxy.
  await turning.serving.turnTo(proxy);
  const peerPort = Number(new URL(turning.peerUrl).port);
  const peer = await occupy(peerPort);
  await expect(turning.serving.turnTo(member)).rejects.toThrow(ListenError);
  await expect(fetch(turning.url)).rejects.toThrow();
  peer.close();
  // Its data directory is free too.
  await turning.serving.turnTo(member);
  expect(await read(turning)).toBe('own');
  taken.close();
});

test.each(['member', 'proxy'] as const)('a stop while the %s starts leaves nothing open', async (role) => {
  const { turning, proxy, member } = await pair();
  if (role === 'member') await turning.serving.turnTo(proxy);
  const reason = new Error('stopped by the test');
  const turn = turning.serving.turnTo(role === 'member' ? member : proxy).then(
    () => 'served',
    (error: unknown) => error,
  );
  while (turning.serving.role !== undefined) await new Promise((resolve) => setImmediate(resolve));
  await turning.serving.stop(reason);
  expect(['served', reason]).toContain(await turn);
  for (const url of [turning.url, turning.peerUrl]) await expect(fetch(url)).rejects.toThrow();
});
