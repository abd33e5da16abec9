/** A member that lost its disk comes back over the peer ports: nobody reaches a client URL, and it is no user. */
import { freePlace, startInProcess, type InProcess, type Place } from '../support/inProcess';
import { makePki, type CertificateFiles, type Pki } from './support/pki';

const NAMES = ['a', 'b', 'c'] as const;
const NOBODY = 'http://127.0.0.1:1';

let pki: Pki;
let certificate: CertificateFiles;
let places: Place[];
const members: InProcess[] = [];

beforeAll(async () => {
  pki = await makePki();
  certificate = await pki.issue('member');
  places = [await freePlace(), await freePlace(), await freePlace()];
  members.push(...(await Promise.all(NAMES.map((_, number) => start(number)))));
});

afterAll(async () => {
  await Promise.all(members.map((member) => member.stop()));
  pki.remove();
});

function peerUrl(number: number): string {
  return `https://127.0.0.1:${places[number]!.peerPort}`;
}

/** With a data directory of its own, which is new each time. */
function start(number: number): Promise<InProcess> {
  return startInProcess(
    'all',
    [
      ...[`--name=${NAMES[number]}`, `--advertise-client-urls=${NOBODY}`],
      ...[`--listen-peer-urls=${peerUrl(number)}`, `--initial-advertise-peer-urls=${peerUrl(number)}`],
      `--initial-cluster=${NAMES.map((name, each) => `${name}=${peerUrl(each)}`).join(',')}`,
      ...[`--peer-cert-file=${certificate.certFile}`, `--peer-key-file=${certificate.keyFile}`],
      ...[`--peer-trusted-ca-file=${pki.caFile}`, '--peer-client-cert-auth', '--peer-cert-allowed-cn=member'],
    ],
    places[number],
  );
}

async function until(what: string, ask: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; !(await ask().catch(() => false)); attempt++) {
    if (attempt > 600) throw new Error(`${what}: not within 60 s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function isReady({ url }: InProcess): Promise<boolean> {
  return fetch(`${url}/readyz`).then(({ status }) => status === 200);
}

/** From here on only root changes `/v2/members`. */
async function enableAuth(url: string): Promise<void> {
  const headers = { 'Content-Type': 'application/json' };
  const root = JSON.stringify({ user: 'root', password: 'secret' });
  await until('the members agree on auth', async () => {
    const { status } = await fetch(`${url}/v2/auth/users/root`, { method: 'PUT', headers, body: root });
    return status === 201 || status === 200;
  });
  const Authorization = `Basic ${Buffer.from('root:secret').toString('base64')}`;
  expect((await fetch(`${url}/v2/auth/enable`, { method: 'PUT', headers: { Authorization } })).status).toBe(200);
  expect((await fetch(`${url}/v2/members/1`, { method: 'DELETE' })).status).toBe(401);
}

test('it takes its place under a new id, with auth on', async () => {
  for (const member of members) await until('ready', () => isReady(member));
  const written = await fetch(`${members[0]!.url}/v2/keys/a`, {
    method: 'PUT',
    body: new URLSearchParams({ value: 'b' }),
  });
  expect(written.status).toBe(201);
  const idOf = async ({ url }: InProcess): Promise<unknown> =>
    ((await (await fetch(`${url}/v2/stats/self`)).json()) as { id: unknown }).id;
  const before = await idOf(members[2]!);

  await enableAuth(members[0]!.url);
  await members[2]!.stop();
  members[2] = await start(2);
  await until('ready again', () => isReady(members[2]!));
  expect(await idOf(members[2])).not.toBe(before);
  const read = (await (await fetch(`${members[2].url}/v2/keys/a`)).json()) as { node: { value: string } };
  expect(read.node.value).toBe('b');
});
