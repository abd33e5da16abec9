/**
 * The dashboard where more can go wrong: over TLS with users, with the member that serves the page hanging and killed while the page is open,
 * cut off for long, and through a proxy. The page says that it is not connected, goes on by itself, and never shows what is not so any more.
 */
import type { Browser, Page } from 'playwright-core';
import { Cluster } from '../cluster/cluster';
import type { ClusterMember } from '../cluster/clusterMember';
import { call, speakTls } from '../cluster/httpClient';
import { until } from '../cluster/waiting';
import { makePki, type CertificateFiles, type Pki } from '../tls/support/pki';
import { launchChromium, whyNoChromium } from './chromium';

const ROOT = 'root:right';
/** More than a member keeps (`--history-length`). */
const EVENTS = 1100;
const AT_ONCE = 100;

const reason = whyNoChromium();
if (reason === undefined) describe('the dashboard over TLS with users', suite);
else describe.skip(`the dashboard over TLS with users (skipped: ${reason})`, suite);

function suite(): void {
  let pki: Pki;
  let certificate: CertificateFiles;
  let cluster: Cluster;
  let member: ClusterMember;
  let other: ClusterMember;
  let browser: Browser;
  let page: Page;
  const faults: string[] = [];
  /** What the page asked of the key API, and with which status. */
  const asked: string[] = [];

  beforeAll(async () => {
    pki = await makePki();
    certificate = await pki.issue('member');
    const moreArguments = [`--cert-file=${certificate.certFile}`, `--key-file=${certificate.keyFile}`];
    // Elections are not disturbed by a machine that is busy with the browser.
    const times = ['--heartbeat-interval=50', '--election-timeout=1000'];
    cluster = await Cluster.place({ clientScheme: 'https', moreArguments: [...moreArguments, ...times] });
    for (const each of cluster.members) {
      speakTls(each.clientPort, { ca: pki.ca.certificate });
      each.start(cluster.argumentsFor());
    }
    [browser] = await Promise.all([launchChromium(), cluster.healthy()]);
    [member, other] = (await cluster.followers()) as [ClusterMember, ClusterMember];
    await auth('PUT', 'users/root', { user: 'root', password: 'right' });
    await auth('PUT', 'roles/guest', { role: 'guest', permissions: { kv: { read: [], write: [] } } });
    await auth('PUT', 'enable', {});
  });

  afterAll(async () => {
    await browser?.close();
    await cluster?.end();
    pki?.remove();
  });

  beforeEach(() => {
    faults.length = 0;
  });

  afterEach(async () => {
    expect(faults).toEqual([]);
    await page.context().close();
  });

  const auth = async (method: string, target: string, json: object): Promise<void> => {
    const answer = await call(member.clientPort, { method, target: `/v2/auth/${target}`, json });
    if (answer.status >= 300) throw new Error(`${target}: ${answer.status} ${answer.text}`);
  };

  const put = async (key: string, value: string): Promise<void> => {
    const form = { value };
    await call(other.clientPort, { method: 'PUT', target: `/v2/keys${key}`, form, basic: ROOT }, 20_000);
  };

  const remove = (key: string): Promise<unknown> =>
    call(other.clientPort, { method: 'DELETE', target: `/v2/keys${key}`, basic: ROOT }, 20_000);

  /** The page of whoever is at the URL, logged in. */
  async function open(url: string): Promise<void> {
    // The CA is this test's own.
    const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1280, height: 800 } });
    page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('response', (response) => {
      if (response.url().includes('/v2/keys')) asked.push(`${response.status()} ${response.url()}`);
    });
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) faults.push(message.text());
    });
    await page.goto(`${url}/mod/dashboard/`);
    await page.getByLabel('User').fill('root');
    await page.getByLabel('Password').fill('right');
    await page.getByRole('button', { name: 'Log in' }).click();
    await isLive();
  }

  const isLive = (): Promise<void> => page.getByText('Live', { exact: true }).waitFor();
  const isCutOff = (): Promise<void> => page.getByText('Not connected', { exact: true }).waitFor();
  const row = (name: string) =>
    page.getByRole('treeitem').filter({ has: page.locator('.name').getByText(name, { exact: true }) });
  const names = async (): Promise<string> => (await page.locator('[role=treeitem] .name').allTextContents()).join();
  const value = (): Promise<string> => page.getByLabel('Value', { exact: true }).inputValue();

  async function save(text: string): Promise<void> {
    await page.getByLabel('Value', { exact: true }).fill(text);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
  }

  const isStored = (key: string, text: string): Promise<unknown> =>
    until(`${key} is ${text}`, 60_000, async () => (await stored(key)) === text);

  const stored = async (key: string): Promise<string | undefined> => {
    const answer = await call(other.clientPort, { method: 'GET', target: `/v2/keys${key}?quorum=true`, basic: ROOT });
    return JSON.parse(answer.text).node?.value;
  };

  test('its member hangs, is killed and started again: the page says so, and goes on from the last event it saw', async () => {
    await Promise.all(['/app/changed', '/app/deleted', '/app/kept'].map((key) => put(key, 'before')));
    await open(member.clientUrl);
    await row('app').click();
    await row('changed').click();
    await save('mine');
    await isStored('/app/changed', 'mine');
    // It is stored before the page hears of it; without the answer the page could not know whether it is.
    await page.getByText('Saved.', { exact: true }).waitFor();

    // Nothing says that a connection is dead whose other end hangs.
    member.signal('SIGSTOP');
    await isCutOff();
    await member.kill();
    asked.length = 0;
    await put('/app/changed', 'theirs');
    await remove('/app/deleted');
    await put('/app/new', 'x');
    // What was seen last stays in sight until it is known better, and is marked as that.
    expect(await names()).toBe('/,app,changed,deleted,kept');
    member.start();
    await isLive();
    await row('new').waitFor();
    expect(await names()).toBe('/,app,changed,kept,new');
    await until('the value is theirs', 60_000, async () => (await value()) === 'theirs');
    // Nothing is listed anew: the events since are all there.
    expect(asked.filter((each) => !/^200 .*[?&]waitIndex=\d+$/.test(each))).toEqual([]);
    expect(await page.getByText('does not answer').count()).toBe(0);
    // Who is logged in is not asked again.
    await save('mine again');
    await isStored('/app/changed', 'mine again');
    await page.getByRole('button', { name: 'Log out root' }).click();
    await page.getByLabel('Password').waitFor();
    expect([await names(), await page.getByLabel('Value', { exact: true }).count()]).toEqual(['/', 0]);
  });

  test('more happens than is kept while it is cut off: the page lists everything that it shows again', async () => {
    await Promise.all(['/open/a', '/open/b', '/closed/a', '/closed/b', '/gone/a'].map((key) => put(key, 'before')));
    await open(member.clientUrl);
    for (const name of ['open', 'gone', 'closed']) {
      await row(name).click();
      await page.getByRole('treeitem', { expanded: true }).filter({ hasText: name }).waitFor();
    }
    await page.getByRole('tree').press('ArrowLeft');
    await page.getByRole('treeitem', { expanded: false }).filter({ hasText: 'closed' }).waitFor();
    await row('b').click();
    expect(await value()).toBe('before');

    asked.length = 0;
    await page.context().setOffline(true);
    await isCutOff();
    await Promise.all(['/open/a', '/closed/a', '/gone/a'].map(remove));
    await Promise.all(['/open/b', '/open/c', '/closed/b', '/closed/c'].map((key) => put(key, 'after')));
    for (let at = 0; at < EVENTS; at += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, (_, number) => put(`/busy/${number}`, String(at))));
    }
    await page.context().setOffline(false);
    await isLive();
    await row('busy').waitFor();
    expect(asked.filter((each) => /^400 .*waitIndex=/.test(each))).toHaveLength(1);
    expect(await names()).toBe('/,app,busy,closed,gone,open,b,c');
    expect(await value()).toBe('after');
    await row('closed').click();
    await until('the closed one is as it is now', 60_000, async () => {
      return (await names()) === '/,app,busy,closed,b,c,gone,open,b,c';
    });
    await put('/closed/d', 'live');
    await row('d').waitFor();
  });

  /** In front of the members, from now to the end of the story. */
  async function throughProxy(story: (proxy: ClusterMember, first: ClusterMember) => Promise<void>): Promise<void> {
    const proxy = await cluster.makePlace('proxy');
    cluster.members.pop();
    speakTls(proxy.clientPort, { ca: pki.ca.certificate });
    const flags = [`--cert-file=${certificate.certFile}`, `--key-file=${certificate.keyFile}`];
    proxy.start([
      ...['--proxy=on', `--initial-cluster=${cluster.initialCluster()}`],
      ...[...flags, `--peer-trusted-ca-file=${pki.caFile}`],
    ]);
    try {
      await until('it forwards', 60_000, async () => (await proxy.get('/health', 2000)).status === 200);
      const { endpoints } = JSON.parse((await proxy.get('/v2/config/local/proxy')).text) as { endpoints: string[] };
      const first = cluster.members.find(({ clientUrl }) => clientUrl === endpoints[0]);
      if (first === undefined) throw new Error(`the proxy knows none of the members: ${endpoints.join()}`);
      await story(proxy, first).finally(async () => {
        await first.kill();
        first.start();
        await first.healthy();
      });
    } finally {
      await proxy.kill();
    }
  }

  test('through a proxy it is the same page, live, and it says so when the proxy has gone', async () => {
    await throughProxy(async (proxy) => {
      await put('/proxied/key', 'before');
      await open(proxy.clientUrl);
      await row('proxied').click();
      await row('key').click();
      await save('mine');
      await isStored('/proxied/key', 'mine');
      await put('/proxied/key', 'theirs');
      await until('it shows that', 60_000, async () => (await value()) === 'theirs');
      await page.getByRole('link', { name: 'Stats' }).click();
      await page.getByRole('rowheader', { name: /\(this one\)/ }).waitFor();
    });
    await isCutOff();
  });

  test.each([
    ['dies', 'killed'],
    ['hangs', 'stopped'],
  ])(
    'the first member behind the proxy %s: the page says so, and goes on through the proxy at the next one',
    async (_what, how) => {
      await throughProxy(async (proxy, first) => {
        // What the story itself asks is asked of one that stays.
        other = cluster.members.find((each) => each !== first)!;
        await Promise.all(['/behind/changed', '/behind/deleted'].map((key) => put(key, `before it was ${how}`)));
        await open(proxy.clientUrl);
        await row('behind').click();
        await row('changed').click();
        await until('it shows the value', 60_000, async () => (await value()) === `before it was ${how}`);
        const states: string[] = [];
        await page.exposeFunction('tell', (state: string) => void states.push(state));
        await page.evaluate(`new MutationObserver(() => {
        const [state] = ['Live', 'Not connected'].filter((text) => document.body.innerText.includes(text));
        if (state !== undefined) tell(state);
      }).observe(document.body, { subtree: true, childList: true, characterData: true })`);
        asked.length = 0;
        if (how === 'killed') await first.kill();
        else first.signal('SIGSTOP');
        await until('it is not connected', 60_000, () => states.includes('Not connected'));
        await isLive();
        // Somebody else may have to be elected first.
        for (const [key, text] of [
          ['/behind/changed', 'theirs'],
          ['/behind/new', how],
        ] as const) {
          await until('it is written', 60_000, async () => {
            await put(key, text);
            return (await stored(key)) === text;
          });
        }
        await remove('/behind/deleted');
        await row('new').waitFor();
        await until('it shows that', 60_000, async () => (await value()) === 'theirs');
        expect(await names()).toContain('behind,changed,new');
        // It went on from the last event that it saw.
        expect(asked.filter((each) => !each.includes('wait=true'))).toEqual([]);
        await save('mine');
        await isStored('/behind/changed', 'mine');
        expect(await page.getByText('does not answer').count()).toBe(0);
        await page.getByRole('link', { name: 'Stats' }).click();
        const self = page.getByRole('rowheader', { name: /\(this one\)/ });
        await self.waitFor();
        await until(
          'it is another one',
          10_000,
          async () => (await self.textContent())?.includes(first.name) === false,
        );
      });
    },
  );
}
