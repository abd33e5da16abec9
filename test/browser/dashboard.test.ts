/** The dashboard in a real browser, against three real members. Its pictures in docs/pictures are made here (PICTURES=1). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { call } from '../cluster/httpClient';
import { Cluster } from '../cluster/cluster';
import type { ClusterMember } from '../cluster/clusterMember';
import { until } from '../cluster/waiting';
import { launchChromium, whyNoChromium } from './chromium';

const PICTURES = join(__dirname, '../../docs/pictures');
const AXE = join(__dirname, '../../node_modules/axe-core/axe.min.js');
const MARKUP = '<img src=x onerror="window.broken=1"><script>window.broken=1</script>';

const reason = whyNoChromium();
if (reason === undefined) describe('the dashboard in a browser', suite);
else describe.skip(`the dashboard in a browser (skipped: ${reason})`, suite);

function suite(): void {
  let cluster: Cluster;
  let member: ClusterMember;
  let browser: Browser;
  let page: Page;
  const faults: string[] = [];

  beforeAll(async () => {
    cluster = await Cluster.start();
    [member] = (await cluster.followers()) as [ClusterMember];
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    await cluster?.end();
  });

  beforeEach(async () => {
    faults.length = 0;
    const context = await browser.newContext({ bypassCSP: false, viewport: { width: 1280, height: 800 } });
    page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) faults.push(message.text());
    });
    await page.goto(`${member.clientUrl}/mod/dashboard/`);
    await page.getByText('Live', { exact: true }).waitFor();
  });

  afterEach(async () => {
    expect(faults).toEqual([]);
    await page.context().close();
  });

  const row = (name: string) =>
    page.getByRole('treeitem').filter({ has: page.locator('.name').getByText(name, { exact: true }) });
  const put = (key: string, value: string) => member.put(key, value);

  test('browse, create, edit, delete', async () => {
    await put('/app/name', 'cairn');
    await row('app').click();
    await row('name').click();
    expect(await page.getByLabel('Value').inputValue()).toBe('cairn');
    await page.getByLabel('Value').fill('a pile of stones');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved.').waitFor();
    expect(await member.value('/app/name')).toBe('a pile of stones');

    await page.getByRole('button', { name: 'New key', exact: true }).click();
    await page.getByLabel('Path', { exact: true }).fill('/app/lease');
    await page.getByLabel('Value').fill('mine');
    await page.getByLabel(/TTL/).fill('500');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByText(/in 8m \d+s/).waitFor();
    expect(await member.value('/app/lease')).toBe('mine');

    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: 'Yes, delete' }).click();
    await page.getByText('/app/lease was deleted.').waitFor();
    expect(await member.value('/app/lease')).toBeUndefined();
  });

  test('lines keep their ends', async () => {
    await put('/lines/all', 'a=1\r\nb=2\r\n');
    await put('/lines/mixed', 'a=1\r\nb=2\n');
    await row('lines').click();
    await row('all').click();
    await page.getByLabel('Value').press('Control+Home');
    await page.getByLabel('Value').press('Control+ArrowRight');
    await page.keyboard.type('x\ny');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved.').waitFor();
    const stored = (await member.value('/lines/all')) ?? '';
    expect(stored.replaceAll('\r\n', '|')).toMatch(/^a.*x\|y.*\|b=2\|$/);
    await row('mixed').click();
    await page.getByText('This value cannot be edited here').waitFor();
    expect(await page.getByLabel('Value').isEditable()).toBe(false);
  });

  test('a change by somebody else lights up, and is not overwritten', async () => {
    await put('/shared/key', 'one');
    await row('shared').click();
    await row('key').click();
    await page.getByLabel('Value', { exact: true }).fill('mine');
    await put('/shared/key', 'theirs');
    await page.locator('.row.selected.changed').waitFor();
    await page.getByText('This key was changed while you edited it').waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Not saved: somebody else changed this key meanwhile.').waitFor();
    expect(await member.value('/shared/key')).toBe('theirs');
    await page.getByRole('button', { name: /Keep my edit/ }).click();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved.').waitFor();
    expect(await member.value('/shared/key')).toBe('mine');
  });

  test('keys and values never become markup', async () => {
    await put(`/xss/${encodeURIComponent('<b onclick=1>bold')}`, MARKUP);
    await row('xss').click();
    await row('<b onclick=1>bold').click();
    expect(await page.getByLabel('Value').inputValue()).toBe(MARKUP);
    expect(await page.evaluate('window.broken')).toBeUndefined();
    expect(await page.locator('#page img, #page script, #page b').count()).toBe(0);
  });

  test('ten thousand children are scrolled as quickly as ten', async () => {
    const names = Array.from({ length: 10_000 }, (_, number) => `k${String(number).padStart(5, '0')}`);
    for (let at = 0; at < names.length; at += 250) {
      await Promise.all(names.slice(at, at + 250).map((name) => put(`/many/${name}`, 'x')));
    }
    await row('many').click();
    await row('k00000').waitFor();
    expect(await page.getByRole('treeitem').count()).toBeLessThan(100);
    await page.getByRole('tree').press('End');
    await page.getByRole('tree').press('ArrowUp');
    await page.getByLabel(/Search keys/).fill('/many/k0999');
    await row('k09999').waitFor();
    expect(await page.getByRole('treeitem').count()).toBeLessThan(60);
  });

  test.each(['light', 'dark'] as const)(
    'nothing serious for axe in %s, keys and stats, wide and narrow',
    async (scheme) => {
      await page.emulateMedia({ colorScheme: scheme });
      await put('/app/name', 'cairn');
      await row('app').click();
      await row('name').click();
      await axe();
      if (process.env['PICTURES'] === '1')
        await page.screenshot({ path: join(PICTURES, `dashboard-keys-${scheme}.png`) });
      await page.getByRole('link', { name: 'Stats' }).click();
      await page.getByRole('rowheader', { name: `${member.name} (this one)` }).waitFor();
      await page.waitForTimeout(process.env['PICTURES'] === '1' ? 20_000 : 3000);
      await axe();
      if (process.env['PICTURES'] === '1')
        await page.screenshot({ path: join(PICTURES, `dashboard-stats-${scheme}.png`) });
      await page.setViewportSize({ width: 375, height: 700 });
      await axe();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(375);
    },
  );

  test('the leader is killed: the page goes on with the next one', async () => {
    await put('/fail/over', 'before');
    const leader = await cluster.leader();
    if (leader === member) {
      // On a machine that is busy another one may lead than at first.
      [member] = (await cluster.followers()) as [ClusterMember];
      await page.goto(`${member.clientUrl}/mod/dashboard/`);
    }
    await leader.kill();
    await cluster.leader(30_000);
    await put('/fail/over', 'after');
    await row('fail').click();
    await row('over').click();
    // Its member may hear of the change, and the page of it, a moment later.
    await until('the page shows the new value', 20_000, async () => {
      return (await page.getByLabel('Value').inputValue()) === 'after';
    });
    leader.start();
    await cluster.healthy();
  });

  test('with auth on it asks who it is, and says when the password is wrong', async () => {
    const auth = (method: string, target: string, json: object) =>
      call(member.clientPort, { method, target: `/v2/auth/${target}`, json });
    await auth('PUT', 'users/root', { user: 'root', password: 'right' });
    await auth('PUT', 'roles/guest', { role: 'guest', permissions: { kv: { read: [], write: [] } } });
    await auth('PUT', 'enable', {});
    await page.reload();
    await page.getByLabel('User').fill('root');
    await page.getByLabel('Password').fill('wrong');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText(/“root” was refused/).waitFor();
    await page.getByLabel('Password').fill('right');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Log out root' }).waitFor();
    expect(await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])')).toBe(
      '[{},{},""]',
    );
  });

  async function axe(): Promise<void> {
    // Evaluated by the debugger, which no policy of the page holds up.
    await page.evaluate(readFileSync(AXE, 'utf8'));
    const { violations } = await page.evaluate<{
      violations: { id: string; impact: string; nodes: { html: string }[] }[];
    }>('axe.run()');
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(serious.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  }
}
