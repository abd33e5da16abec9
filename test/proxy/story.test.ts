/** A proxy in front of three real members, one of which goes. */
import { open, send } from '../support/exchange';
import { FORM } from '../support/request';
import type { InProcess } from '../support/inProcess';
import { freePlace, startInProcess } from '../support/inProcess';

const NAMES = ['a', 'b', 'c'];
const SPEED = ['--heartbeat-interval=20', '--election-timeout=200'];

let members: InProcess[];
let proxy: InProcess;

beforeAll(async () => {
  const places = await Promise.all(NAMES.map(() => freePlace()));
  const cluster = places.map(({ peerPort }, number) => `${NAMES[number]}=http://127.0.0.1:${peerPort}`).join(',');
  members = await Promise.all(
    places.map((place, number) =>
      startInProcess('all', [`--name=${NAMES[number]}`, `--initial-cluster=${cluster}`, ...SPEED], place),
    ),
  );
  await healthy(members[0]!.port);
  proxy = await startInProcess('all', ['--proxy=on', `--initial-cluster=${cluster}`, '--proxy-refresh-interval=500']);
  await healthy(proxy.port);
});

afterAll(async () => {
  await proxy.stop();
  await Promise.all(members.map((member) => member.stop()));
});

async function healthy(port: number): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    if ((await fetch(`http://127.0.0.1:${port}/health`)).status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nobody is healthy at ${port}`);
}

async function put(key: string, value: string): Promise<number> {
  const body = Buffer.from(`value=${value}`);
  const headers = [['Content-Type', FORM]] as const;
  return (await send(proxy.port, { method: 'PUT', target: `/v2/keys/${key}`, headers, body })).status;
}

async function endpoints(): Promise<readonly string[]> {
  return ((await (await fetch(`${proxy.url}/v2/config/local/proxy`)).json()) as { endpoints: string[] }).endpoints;
}

test('put, get, watch; a member goes, and it all goes on', async () => {
  const urls = members.map(({ url }) => url).sort();
  for (let attempt = 0; (await endpoints()).length < 3 && attempt < 600; attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect([...(await endpoints())].sort()).toEqual(urls);

  expect(await put('story', 'one')).toBe(201);
  const read = await send(proxy.port, { method: 'GET', target: '/v2/keys/story?quorum=true', headers: [] });
  expect(JSON.parse(read.body)).toMatchObject({ node: { value: 'one' } });

  const watch = open(proxy.port, { method: 'GET', target: '/v2/keys/story?wait=true&stream=true', headers: [] });
  expect(await watch.untilHead(2000)).toBe(true);
  expect(await put('story', 'two')).toBe(200);
  expect(await watch.until((each) => each.received().body.includes('"two"'), 60_000)).toBe(true);

  // The member that the proxy uses stops in order: its watches are cut, and the proxy hands that on.
  const used = (await endpoints())[0]!;
  await members.find(({ url }) => url === used)!.stop();
  members = members.filter(({ url }) => url !== used);
  await watch.untilEnd(5000);
  expect(watch.received().ending).toBe('cut');

  expect(await put('story', 'three')).toBe(200);
  const after = await send(proxy.port, { method: 'GET', target: '/v2/keys/story?quorum=true', headers: [] });
  expect(JSON.parse(after.body)).toMatchObject({ node: { value: 'three' } });
  expect(await endpoints()).not.toContain(used);
});
