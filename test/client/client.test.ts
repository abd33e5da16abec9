import { drainMember } from '../../src/client/drain';
import { EtcdError, NotUnderstoodError, TimeoutError, UnreachableError } from '../../src/client/errors';
import { isHealthy, isReady, serverVersion } from '../../src/client/health';
import { Keys } from '../../src/client/keys';
import { listMembers, removeMember } from '../../src/client/members';
import { nextChange } from '../../src/client/wait';
import { FakeServer } from './fakeServer';

const NODE = { key: '/a b/c', value: 'v', modifiedIndex: 7, createdIndex: 7 };

describe('the client', () => {
  let server: FakeServer;
  let target = { url: '', timeoutMs: 5000 };

  beforeEach(async () => {
    server = new FakeServer();
    await server.start();
    target = { url: server.url, timeoutMs: 5000 };
  });

  afterEach(() => {
    server.stop();
  });

  it('sets a key with a form', async () => {
    server.answer = () => ({ status: 201, body: { action: 'set', node: NODE }, headers: { 'X-Etcd-Index': '9' } });
    const answer = await new Keys(target).set('/a b/c', 'x&y', { ttlSeconds: 5, prevValue: 'w' });
    expect(answer).toMatchObject({ action: 'set', isNew: true, index: 9, prevNode: undefined });
    expect(answer.node).toMatchObject({ key: '/a b/c', value: 'v', modifiedIndex: 7, dir: false });
    expect(server.asked).toEqual([{ method: 'PUT', url: '/v2/keys/a%20b/c', body: 'value=x%26y&ttl=5&prevValue=w' }]);
  });

  it('rejects what is no key and no text, and throws nothing', async () => {
    const keys = new Keys(target);
    const [bad, half] = ['/a/../b', 'a\ud800b'];
    const calls = [
      ...[() => keys.get(bad), () => keys.list(bad), () => keys.set(bad, ''), () => keys.delete(bad)],
      ...[
        () => keys.rmdir(bad),
        () => keys.inOrder(bad, ''),
        () => keys.create('k', half),
        () => keys.inOrder('k', half),
      ],
      ...[() => keys.set('k', half), () => keys.set('k', '', { prevValue: half }), () => keys.update('k', half)],
      () => keys.compareAndDelete('k', { prevValue: half }),
    ];
    for (const call of calls) {
      let asked: Promise<unknown> = Promise.resolve();
      expect(() => {
        asked = call();
      }).not.toThrow();
      await expect(asked).rejects.toThrow(TypeError);
    }
    expect(server.asked).toEqual([]);
    server.answer = () => ({ body: { action: 'set', node: { ...NODE, key: '/k' } } });
    await keys.set('k', 'whole: \ud83d\ude00');
    expect(server.asked.map(({ body }) => body)).toEqual(['value=whole%3A+%F0%9F%98%80']);
  });

  it('says what a key in order is called, also where the answer leaves that out', async () => {
    server.answer = () => ({ status: 201, body: { action: 'create' }, headers: { 'X-Etcd-Index': '9' } });
    const options = { noValueOnSuccess: true };
    expect((await new Keys(target).inOrder('/q/', 'v', options)).node).toMatchObject({
      ...{ key: '/q/00000000000000000009', modifiedIndex: 9 },
    });
    expect((await new Keys(target).inOrder('/', 'v', options)).node.key).toBe('/00000000000000000009');
    server.answer = () => ({ status: 201, body: { action: 'create' } });
    await expect(new Keys(target).inOrder('/q', 'v', options)).rejects.toBeInstanceOf(NotUnderstoodError);
  });

  it('reads through the quorum, waits from an index and deletes', async () => {
    server.answer = ({ method, url }) => ({
      body: {
        action: method === 'DELETE' ? 'delete' : url.includes('wait') ? 'set' : 'get',
        node: { ...NODE, key: '/k' },
      },
    });
    const keys = new Keys(target);
    await keys.get('k');
    await keys.get('k', { quorum: false, recursive: true, sorted: true });
    await nextChange(target, 'k', 7);
    await keys.delete('k', { recursive: true, prevIndex: 3 });
    expect(server.asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /v2/keys/k?quorum=true',
      'GET /v2/keys/k?recursive=true&sorted=true',
      'GET /v2/keys/k?wait=true&waitIndex=7',
      'DELETE /v2/keys/k?recursive=true&prevIndex=3',
    ]);
  });

  it('shows a directory as a node without value', async () => {
    server.answer = () => ({ body: { action: 'get', node: { dir: true, nodes: [{ key: '/a', value: '' }] } } });
    const { node } = await new Keys(target).get('/');
    expect(node).toMatchObject({ key: '/', dir: true, value: undefined, modifiedIndex: 0 });
    expect(node.nodes).toMatchObject([{ key: '/a', value: '' }]);
  });

  it('tells what the server says of a refusal', async () => {
    server.answer = () => ({
      status: 412,
      body: { errorCode: 101, message: 'Compare failed', cause: '[a != b]', index: 9 },
    });
    const error = await new Keys(target).set('k', 'v', { prevValue: 'a' }).catch((one: unknown) => one);
    expect(error).toBeInstanceOf(EtcdError);
    expect(error).toMatchObject({
      ...{ kind: 'etcd', status: 412, code: 101, etcdMessage: 'Compare failed', cause: '[a != b]' },
      ...{ index: 9, message: 'PUT /v2/keys/k: status 412, Compare failed: [a != b]' },
    });
  });

  it('does not take anything for an event', async () => {
    server.answer = () => ({ body: '<html>' });
    await expect(new Keys(target).get('k')).rejects.toBeInstanceOf(NotUnderstoodError);
  });

  it('lists members', async () => {
    const members = [
      { id: 'a1', name: 'm0', peerURLs: ['http://p:1'], clientURLs: ['http://c:1'], isLearner: false },
      { id: 'a2', name: '', peerURLs: ['http://p:2'], isLearner: true },
    ];
    server.answer = () => ({ body: { members } });
    expect(await listMembers(target)).toEqual([members[0], { ...members[1], clientURLs: [] }]);
    server.answer = () => ({ body: { members: [{ name: 'x' }] } });
    await expect(listMembers(target)).rejects.toThrow('a member without id');
  });

  it('is content with a member that was removed before', async () => {
    server.answer = () => ({ status: 410, body: { message: 'Member permanently removed: a1' } });
    await removeMember(target, 'a1');
    expect(server.asked).toEqual([{ method: 'DELETE', url: '/v2/members/a1', body: '' }]);
    server.answer = () => ({ status: 404, body: { message: 'No such member: a1' } });
    await expect(removeMember(target, 'a1')).rejects.toThrow('status 404, No such member: a1');
  });

  it('asks for health, readiness and the version', async () => {
    server.answer = ({ url }) => (url === '/readyz' ? { status: 503 } : { body: { etcdserver: '2.3.8' } });
    expect([await isHealthy(target), await isReady(target), await serverVersion(target)]).toEqual([
      true,
      false,
      '2.3.8',
    ]);
    expect(await isHealthy({ url: 'http://127.0.0.1:1', timeoutMs: 1000 })).toBe(false);
  });

  it('drains a member', async () => {
    server.answer = () => ({ status: 204 });
    await drainMember(target, 30);
    expect(server.asked).toEqual([{ method: 'PUT', url: '/config/local/drain', body: '{"Seconds":30}' }]);
  });

  it('says why there is no answer', async () => {
    server.answer = () => undefined;
    const late = await new Keys({ url: server.url, timeoutMs: 50 }).get('k').catch((one: unknown) => one);
    expect(late).toBeInstanceOf(TimeoutError);
    expect(String(late)).toContain('no answer within 50 ms');
    const nobody = new Keys({ url: 'http://127.0.0.1:1', timeoutMs: 1000 });
    const refused = await nobody.set('k', 'v').catch((one: unknown) => one);
    expect(refused).toBeInstanceOf(UnreachableError);
    expect(refused).toMatchObject({ maybeCarriedOut: false });
    expect(String(refused)).toMatch(/http:\/\/127\.0\.0\.1:1.*connection refused/);
  });

  it('can be stopped', async () => {
    server.answer = () => undefined;
    const stop = new AbortController();
    const watching = nextChange({ ...target, signal: stop.signal }, 'k', 1);
    stop.abort(new Error('enough'));
    await expect(watching).rejects.toThrow('enough');
  });
});
