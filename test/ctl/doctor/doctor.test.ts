import { doctor } from '../../../src/ctl/doctor/doctor';
import { FakeServer } from '../../client/fakeServer';
import { Cluster } from '../../cluster/cluster';
import { captureOutput } from '../output';

describe('cairn doctor', () => {
  const output = captureOutput();
  let cluster: Cluster;
  let url = '';

  beforeAll(async () => {
    cluster = await Cluster.start();
    url = `http://127.0.0.1:${cluster.members[0]?.clientPort}`;
  });

  afterAll(() => cluster.end());

  it('finds a cluster of three well, and says when one of them is gone', async () => {
    expect([await doctor(['--url', url]), output.text()]).toEqual([
      0,
      expect.stringMatching(/^ok +members +all answer/),
    ]);
    expect(output.text()).not.toMatch(/^(error|unknown)/m);
    await cluster.members[2]!.kill();
    expect(await doctor(['--url', url, '--output', 'json'])).toBe(1);
    const said = /^\{[^]*^\}/m.exec(output.text())![0];
    const { worst, findings } = JSON.parse(said) as {
      worst: string;
      findings: { severity: string; about: string; seen: string }[];
    };
    expect(worst).toBe('error');
    const absent = findings.find(({ severity, about }) => severity === 'error' && about === 'members');
    expect(absent?.seen).toMatch(/^m3 does not answer: .*connection refused/);
    expect(findings.map(({ about }) => about)).toContain('majority');
  });

  it.each([
    [1, 0],
    [Infinity, 1],
  ])('looks twice at what is wrong: a member without a leader %d times', async (timesWrong, code) => {
    const server = new FakeServer();
    await server.start();
    let looks = 0;
    server.answer = ({ url: path }) => {
      if (path === '/v2/members')
        return { body: { members: [{ id: '1', name: 'a', peerURLs: [], clientURLs: [server.url] }] } };
      if (path === '/health') return { body: { health: ++looks > timesWrong ? 'true' : 'false' } };
      if (path === '/v2/stats/self') return { body: { leaderInfo: { leader: '1' } } };
      return path === '/version' ? { body: { etcdserver: '1' } } : { body: {} };
    };
    try {
      expect(await doctor(['--url', server.url])).toBe(code);
    } finally {
      server.stop();
    }
    expect(looks).toBe(2);
  });

  it('says which options it has, and whom it cannot reach', async () => {
    expect(await doctor(['--url', url, '--output', 'xml'])).toBe(2);
    expect(output.text()).toContain('--output "xml": give one of text, json');
    expect(await doctor(['--url', 'http://127.0.0.1:9', '--timeout', '1'])).toBe(1);
    expect(output.text()).toContain('connection refused');
  });

  it('sends no password anywhere, and shows a terminal nothing that it would obey', async () => {
    const server = new FakeServer();
    await server.start();
    const authorizations: unknown[] = [];
    server.answer = ({ url: path }, headers) => {
      authorizations.push(headers.authorization);
      return path === '/v2/members'
        ? { body: { members: [{ id: '1', name: '\u001b[2J\u202eevil', clientURLs: [server.url] }] } }
        : path === '/version'
          ? { body: { etcdserver: '1' } }
          : { body: {} };
    };
    try {
      await doctor(['--url', server.url], { ETCDCTL_USER: 'root:secret' });
    } finally {
      server.stop();
    }
    expect(authorizations.length).toBeGreaterThan(5);
    expect(new Set(authorizations)).toEqual(new Set([undefined]));
    expect(output.text()).toContain('?[2J?evil');
    expect(output.text()).not.toMatch(/[\u001b\u202e]/);
  });
});
