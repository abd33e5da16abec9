/** A proxy that is asked to stop while it still looks for members that say nothing. */
import { startProxyUnderTest } from './proxyUnderTest';

test('its start ends at once with the reason, and its port is closed', async () => {
  const stopping = new AbortController();
  const reason = new Error('asked to stop');
  let closed = 0;
  const close = (): Promise<void> => {
    closed++;
    return Promise.resolve();
  };
  const starting = startProxyUnderTest([], {
    fetchMembers: () => new Promise(() => undefined),
    listen: () => Promise.resolve([{ close }]),
    stopping: stopping.signal,
  });
  setTimeout(() => {
    stopping.abort(reason);
  }, 20);
  await expect(starting).rejects.toBe(reason);
  expect(closed).toBe(1);
});

test('nor does it begin to wait when that was before', async () => {
  const reason = new Error('asked to stop');
  const options = { fetchMembers: () => new Promise<never>(() => undefined), stopping: AbortSignal.abort(reason) };
  await expect(startProxyUnderTest([], options)).rejects.toBe(reason);
});
