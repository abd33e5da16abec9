/** The metrics port of a proxy: about the proxy, where its client port is about the cluster. */
import { freePlace, startInProcess, type InProcess } from '../support/inProcess';
import { stablePort } from '../support/ports';
import { fetchText } from '../support/exchange';

let running: InProcess[] = [];
let port: number;

async function started(...flags: readonly string[]): Promise<InProcess> {
  const server = await startInProcess('all', flags);
  running.push(server);
  return server;
}
afterEach(async () => {
  await Promise.all(running.map((each) => each.stop()));
  running = [];
});

async function startProxy(...flags: readonly string[]): Promise<InProcess> {
  port = await stablePort();
  const proxy = await started('--proxy=on', `--listen-metrics-urls=http://127.0.0.1:${port}`, ...flags);
  expect(proxy.serving.role).toBe('proxy');
  return proxy;
}

/** A member publishes its client URL when it can be written to. */
async function knowsMember(): Promise<void> {
  const endMs = Date.now() + 40_000;
  while ((await fetchText(port, 'GET', '/readyz')).status !== 200) {
    if (Date.now() > endMs) throw new Error('no member is known');
    await new Promise((done) => setTimeout(done, 50));
  }
}

async function numberOf(metric: string): Promise<number> {
  const { body } = await fetchText(port, 'GET', '/metrics');
  const line = body.split('\n').find((each) => each.startsWith(`${metric} `));
  return Number(line?.slice(metric.length));
}

test('it counts what the proxy does, and nothing else is there', async () => {
  const member = await started('--name=m0');
  const { port: clientPort } = await startProxy(`--initial-cluster=m0=${member.peerUrl}`);
  await knowsMember();
  expect(await numberOf('cairn_proxy_requests_total{outcome="answered"}')).toBe(0);
  for (let time = 0; time < 3; time++) await fetchText(clientPort, 'GET', '/v2/keys/');
  expect(await numberOf('cairn_proxy_requests_total{outcome="answered"}')).toBe(3);
  expect(await numberOf('cairn_proxy_endpoints{state="available"}')).toBe(1);
  expect(await numberOf('process_open_fds')).toBeGreaterThan(5);
  expect((await fetchText(port, 'GET', '/v2/keys/')).status).toBe(404);
  expect((await fetchText(port, 'POST', '/metrics')).status).toBe(404);
  // On the client port it is the member's.
  expect((await fetchText(clientPort, 'GET', '/metrics')).body).toContain('etcd_server_has_leader 1');
});

test('one without a member is alive and not ready, and says how many it turned away', async () => {
  const { peerPort } = await freePlace();
  const { port: clientPort } = await startProxy(`--initial-cluster=m0=http://127.0.0.1:${peerPort}`);
  expect((await fetchText(port, 'GET', '/livez')).status).toBe(200);
  const ready = await fetchText(port, 'GET', '/readyz');
  expect([ready.status, ready.body]).toEqual([503, 'a proxy that knows of no member that answers\n']);
  expect((await fetchText(clientPort, 'GET', '/v2/keys/')).status).toBe(503);
  expect(await numberOf('cairn_proxy_requests_total{outcome="refused"}')).toBe(1);
});

test('a member that stops answering is counted as such', async () => {
  const member = await started('--name=m0');
  const { port: clientPort } = await startProxy(`--initial-cluster=m0=${member.peerUrl}`);
  await knowsMember();
  expect((await fetchText(clientPort, 'GET', '/v2/keys/')).status).toBe(200);
  await member.stop();
  expect((await fetchText(clientPort, 'GET', '/v2/keys/')).status).toBe(502);
  expect(await numberOf('cairn_proxy_requests_total{outcome="unanswered"}')).toBe(1);
  expect(await numberOf('cairn_proxy_endpoints{state="failed"}')).toBe(1);
  expect(await numberOf('cairn_proxy_member_failures_total')).toBeGreaterThanOrEqual(1);
  expect((await fetchText(port, 'GET', '/readyz')).status).toBe(503);
});

test('without any client it learns that no member is there any more, and that one is again', async () => {
  const place = await freePlace();
  const member = await startInProcess('all', ['--name=m0'], place);
  await startProxy(`--initial-cluster=m0=${member.peerUrl}`, '--proxy-refresh-interval=100');
  await knowsMember();
  expect(await numberOf('cairn_proxy_ready')).toBe(1);
  await member.stop();
  const endMs = Date.now() + 40_000;
  while ((await numberOf('cairn_proxy_ready')) === 1) {
    if (Date.now() > endMs) throw new Error('it does not notice');
    await new Promise((done) => setTimeout(done, 50));
  }
  expect((await fetchText(port, 'GET', '/readyz')).status).toBe(503);
  running.push(await startInProcess('all', ['--name=m0'], place));
  await knowsMember();
});

test('a clock that is set back does not keep it from a member that failed', async () => {
  const member = await started('--name=m0');
  const { port: clientPort } = await startProxy(`--initial-cluster=m0=${member.peerUrl}`, '--proxy-failure-wait=50');
  await knowsMember();
  await member.stop();
  const { now } = Date;
  try {
    expect((await fetchText(clientPort, 'GET', '/v2/keys/')).status).toBe(502);
    Date.now = () => now() - 3_600_000;
    await new Promise((done) => setTimeout(done, 100));
    expect(await numberOf('cairn_proxy_endpoints{state="available"}')).toBe(1);
  } finally {
    Date.now = now;
  }
});

test('a port that is taken ends the start with the name of its option', async () => {
  const { url, peerUrl } = await started('--name=m0');
  const flags = ['--proxy=on', `--initial-cluster=m0=${peerUrl}`, `--listen-metrics-urls=${url}`];
  await expect(started(...flags)).rejects.toThrow(/--listen-metrics-urls/);
});
