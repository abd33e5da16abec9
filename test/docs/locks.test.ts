/** The example of docs/locks.md, as it is written there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { startInProcess, type InProcess } from '../support/inProcess';

interface Example {
  readonly claim: (url: string, key: string, token: number) => Promise<number | undefined>;
  readonly write: (url: string, key: string, token: number, text: string, index: number) => Promise<number | undefined>;
}

function readExample(): Example {
  const page = readFileSync(join(__dirname, '..', '..', 'docs', 'locks.md'), 'utf8');
  const code = /```js\n([^`]*(?:`[^`]+`[^`]*)*?)```/.exec(page)?.[1];
  if (code === undefined) throw new Error('docs/locks.md has no example');
  return runInNewContext(`${code}\n({ claim, write })`, { fetch, URLSearchParams }) as Example;
}

let member: InProcess;

beforeAll(async () => {
  member = await startInProcess('all');
});
afterAll(() => member.stop());

async function acquire(value: string, ttl: number): Promise<number> {
  const body = new URLSearchParams({ ttl: String(ttl), value });
  const answer = await fetch(`${member.url}/mod/v2/lock/backup`, { method: 'POST', body });
  expect(answer.status).toBe(200);
  return Number(await answer.text());
}

test('who lost the lock without knowing it cannot write over what the next one wrote', async () => {
  const { claim, write } = readExample();
  const { url } = member;
  const first = await acquire('first', 1);
  const claimed = await claim(url, '/report', first);
  const written = await write(url, '/report', first, 'of the first', claimed ?? 0);
  expect(written).toBeGreaterThan(claimed ?? Infinity);
  // The first one sleeps, its TTL ends, and the next one begins.
  const second = await acquire('second', 60);
  expect(second).toBeGreaterThan(first);
  const claimedNext = await claim(url, '/report', second);
  expect(await write(url, '/report', first, 'too late', written ?? 0)).toBeUndefined();
  expect(await claim(url, '/report', first)).toBeUndefined();
  expect(await write(url, '/report', second, 'of the second', claimedNext ?? 0)).toBeDefined();
  const { node } = (await (await fetch(`${url}/v2/keys/report`)).json()) as { node: { value: string } };
  expect(node.value).toBe(`${second} of the second`);
});
