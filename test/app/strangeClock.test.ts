/** A member on a machine whose clock cannot be right. */
import { startInProcess } from '../support/inProcess';

afterEach(() => jest.restoreAllMocks());

async function answerTo(url: string, method: string, form: Record<string, string>): Promise<unknown> {
  const answer = await fetch(url, { method, body: new URLSearchParams(form) });
  const text = await answer.text();
  return answer.ok && text.startsWith('{') ? { status: answer.status, ...JSON.parse(text) } : answer.status;
}

test.each([
  ['in the year 12000', Date.UTC(12_000, 0, 1), { ttl: 300 }],
  ['at the last date there is', 8_640_000_000_000_000, { ttl: 300 }],
  // As in etcd an expiry before 2000 counts as none.
  ['in 1970', 100_000, {}],
])('it serves %s', async (_, at, kept) => {
  jest.spyOn(Date, 'now').mockReturnValue(at);
  const member = await startInProcess('all');
  try {
    const key = { action: 'set', node: { key: '/a', value: '1' } };
    expect(await answerTo(`${member.url}/v2/keys/a`, 'PUT', { value: '1' })).toMatchObject(key);
    const leased = await answerTo(`${member.url}/v2/keys/b`, 'PUT', { value: '1', ttl: '300' });
    expect(leased).toMatchObject({ status: 201, node: { key: '/b', ...kept } });
    expect(await answerTo(`${member.url}/v1/keys/c`, 'POST', { value: '1', ttl: '300' })).toMatchObject({
      status: 200,
    });
    expect((await fetch(`${member.url}/v2/admin/snapshot`)).status).toBe(200);
  } finally {
    await member.stop();
  }
});
