/** What a process becomes: a member, or a proxy of those that are. */
import pino from 'pino';
import type { InProcess } from '../support/inProcess';
import { startInProcess } from '../support/inProcess';

const TOKEN = '0123456789abcdef0123456789abcdef';
/** Of a cluster whose one host is of another one by now. */
const OLD_TOKEN = 'f'.repeat(32);

const running: InProcess[] = [];
let discovery: string;
let old: string;

async function startOne(...parameters: Parameters<typeof startInProcess>): Promise<InProcess> {
  const started = await startInProcess(...parameters);
  running.unshift(started);
  return started;
}

beforeAll(async () => {
  const service = await startOne('discovery', [`--discovery-tokens=${TOKEN}=1,${OLD_TOKEN}=1`]);
  discovery = `${service.url}/${TOKEN}`;
  old = `${service.url}/${OLD_TOKEN}`;
});

afterAll(async () => {
  for (const each of running) await each.stop();
});

async function untilOk(url: string): Promise<Response> {
  for (let attempt = 0; ; attempt++) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.status === 200) return response;
    if (attempt > 600) throw new Error(`${url} does not answer with 200`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('the first at a token for one is the member, who comes later forwards to it', async () => {
  const member = await startOne('all', [`--discovery=${discovery}`]);
  await untilOk(`${member.url}/readyz`);
  const lines: { msg: string; mode?: string }[] = [];
  const logger = pino({ base: null }, { write: (line) => lines.push(JSON.parse(line) as { msg: string }) });
  const late = await startOne('all', ['--name=late', `--discovery=${discovery}`], undefined, logger);
  expect(lines.find(({ msg }) => msg === 'proxy: forwarding to the cluster')?.mode).toBe('on');
  const config = await untilOk(`${late.url}/v2/config/local/proxy`);
  expect(await config.json()).toEqual({ endpoints: [member.url] });

  const put = await fetch(`${late.url}/v2/keys/a`, { method: 'PUT', body: new URLSearchParams({ value: 'b' }) });
  expect(put.status).toBe(201);
  expect(await (await fetch(`${member.url}/v2/keys/a`)).json()).toMatchObject({ node: { value: 'b' } });

  const reader = await startOne('all', ['--proxy=readonly', `--discovery=${discovery}`]);
  expect(await (await untilOk(`${reader.url}/v2/keys/a`)).json()).toMatchObject({ node: { value: 'b' } });
  expect((await fetch(`${reader.url}/v2/keys/a`, { method: 'DELETE' })).status).toBe(501);
});

test('who is to exit does so', async () => {
  const flags = ['--name=late', `--discovery=${discovery}`, '--discovery-fallback=exit'];
  await expect(startInProcess('all', flags)).rejects.toThrow(/^discovery: cluster is full/);
});

describe('who comes late to a token whose members are of another cluster by now', () => {
  let other: InProcess;

  beforeAll(async () => {
    other = await startOne('all', ['--name=other']);
    await untilOk(`${other.url}/readyz`);
    await untilOk(old);
    const body = new URLSearchParams({ value: `m=${other.peerUrl}` });
    expect((await fetch(`${old}/1234`, { method: 'PUT', body })).status).toBe(201);
  });

  test.each(['--name=late', '--proxy=on'])('does not forward to it (%s)', async (flag) => {
    const lines: { msg: string; reasons?: string[] }[] = [];
    const logger = pino({ base: null }, { write: (line) => lines.push(JSON.parse(line) as { msg: string }) });
    const late = await startOne('all', [flag, `--discovery=${old}`], undefined, logger);
    const config = await untilOk(`${late.url}/v2/config/local/proxy`);
    expect(await config.json()).toEqual({ endpoints: [] });
    expect(lines.find(({ reasons }) => reasons !== undefined)?.reasons).toEqual([
      expect.stringMatching(/ belongs to the cluster [0-9a-f]+, not to [0-9a-f]+$/),
    ]);
  });

  test('does not join it', async () => {
    const flags = ['--name=late', `--discovery=${old}`, '--discovery-fallback=join'];
    await expect(startInProcess('all', flags)).rejects.toThrow(/a token is good for one cluster/);
    const members = (await (await fetch(`${other.url}/v2/members`)).json()) as { members: unknown[] };
    expect(members.members).toHaveLength(1);
  });
});

test('who comes late to a full token may join its cluster', async () => {
  const flags = ['--name=late', `--discovery=${discovery}`, '--discovery-fallback=join'];
  const late = await startOne('all', flags);
  await untilOk(`${late.url}/readyz`);
});
