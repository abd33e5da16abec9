import { prestop } from '../../src/ctl/prestop';
import { FakeServer } from '../client/fakeServer';
import { captureOutput } from './output';

describe('cairn prestop', () => {
  const output = captureOutput();
  let server: FakeServer;

  beforeEach(async () => {
    server = new FakeServer();
    await server.start();
  });

  afterEach(() => {
    server.stop();
  });

  async function timed(...args: readonly string[]): Promise<{ code: number; ms: number }> {
    const beganMs = performance.now();
    const code = await prestop(args);
    return { code, ms: performance.now() - beganMs };
  }

  it('drains the member and waits', async () => {
    server.answer = () => ({ status: 204 });
    const { code, ms } = await timed('--url', server.url, '--seconds', '1');
    expect(code).toBe(0);
    expect(ms).toBeGreaterThanOrEqual(990);
    expect(server.asked).toEqual([{ method: 'PUT', url: '/config/local/drain', body: '{"Seconds":600}' }]);
  });

  it('waits too if the member does not know how to drain', async () => {
    server.answer = () => ({ status: 404, body: '404 page not found' });
    const { code, ms } = await timed('--url', server.url, '--seconds', '1');
    expect(code).toBe(0);
    expect(ms).toBeGreaterThanOrEqual(990);
    expect(output.text()).toContain('status 404');
  });

  it('does not wait for a member that is not there', async () => {
    const { code, ms } = await timed('--url', 'http://127.0.0.1:9', '--seconds', '60');
    expect(code).toBe(0);
    expect(ms).toBeLessThan(10_000);
    expect(output.text()).toContain('cannot be drained');
  });

  it.each([[['--seconds', '-1']], [['--seconds', '601']], [['--url', 'nonsense']]])('refuses %j', async (args) => {
    expect(await prestop(args)).toBe(2);
  });
});
