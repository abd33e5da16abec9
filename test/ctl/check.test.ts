import { check } from '../../src/ctl/check';
import { FakeServer } from '../client/fakeServer';
import { Cluster } from '../cluster/cluster';
import { captureOutput } from './output';

describe('cairn check', () => {
  const output = captureOutput();
  let cluster: Cluster;
  let url = '';

  beforeAll(async () => {
    cluster = await Cluster.start({ size: 1 });
    url = `http://127.0.0.1:${cluster.members[0]?.clientPort}`;
  });

  afterAll(() => cluster.end());

  it('uses a real member in every way and leaves nothing behind', async () => {
    expect(await check(['--url', url, '--members', '1'])).toBe(0);
    const steps = output.text().match(/^ok \w+/gm);
    expect(steps).toEqual(
      ['health', 'members', 'put', 'get', 'watch', 'compare', 'delete', 'metrics'].map((one) => `ok ${one}`),
    );
    expect((await fetch(`${url}/v2/keys/cairn-check`)).status).toBe(404);
  });

  it('counts the members', async () => {
    expect(await check(['--url', url, '--members', '3'])).toBe(1);
    expect(output.text()).toContain('3 members were expected, and there are 1: m1');
  });

  it('says what does not work', async () => {
    expect(await check(['--url', 'http://127.0.0.1:9', '--timeout', '1'])).toBe(1);
    expect(output.text()).toContain('GET http://127.0.0.1:9/version: connection refused');
    const server = new FakeServer();
    await server.start();
    server.answer = ({ url: path }) =>
      path === '/version'
        ? { body: { etcdserver: '1' } }
        : path === '/v2/members'
          ? {
              body: {
                members: [
                  { id: '1', name: 'new', isLearner: true },
                  { id: '2', name: '' },
                ],
              },
            }
          : { body: {} };
    expect(await check(['--url', server.url])).toBe(1);
    server.stop();
    expect(output.text()).toContain('ok members (new, a learner; 2, not started');
    expect(output.text()).toContain('it is no event of a key');
  });

  it('refuses what it does not know', async () => {
    expect(await check(['--uri', url])).toBe(2);
    expect(output.text()).toContain('the options are --url, --members, --timeout');
  });
});
