import { drainMember } from '../../src/client/drain';
import { AnswerError, NoAnswerError } from '../../src/client/errors';
import { isHealthy, isReady, serverVersion } from '../../src/client/health';
import { deleteKey, getKey, setKey, watchKey } from '../../src/client/keys';
import { listMembers, removeMember } from '../../src/client/members';
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
    server.answer = () => ({ status: 201, body: { action: 'set', node: NODE } });
    const event = await setKey(target, '/a b/c', 'x&y', { ttl: 5, prevValue: '' });
    expect(event).toEqual({ action: 'set', node: { key: '/a b/c', value: 'v', modifiedIndex: 7 } });
    expect(server.asked).toEqual([{ method: 'PUT', url: '/v2/keys/a%20b/c', body: 'value=x%26y&ttl=5&prevValue=' }]);
  });

  it('reads through the quorum, watches from an index and deletes', async () => {
    server.answer = () => ({ body: { action: 'get', node: NODE } });
    await getKey(target, 'k');
    await watchKey(target, 'k', 12);
    await deleteKey(target, 'k');
    expect(server.asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /v2/keys/k?quorum=true',
      'GET /v2/keys/k?wait=true&waitIndex=12',
      'DELETE /v2/keys/k',
    ]);
  });

  it('shows a directory as a node without value', async () => {
    server.answer = () => ({ body: { action: 'get', node: { dir: true } } });
    expect((await getKey(target, '/')).node).toEqual({ key: '/', value: undefined, modifiedIndex: 0 });
  });

  it('tells what the server says of a refusal', async () => {
    server.answer = () => ({
      status: 412,
      body: { errorCode: 101, message: 'Compare failed', cause: '[a != b]', index: 9 },
    });
    const error = await setKey(target, 'k', 'v', { prevValue: 'a' }).catch((one: unknown) => one);
    expect(error).toBeInstanceOf(AnswerError);
    expect(error).toMatchObject({
      status: 412,
      errorCode: 101,
      message: expect.stringContaining('Compare failed: [a != b]'),
    });
  });

  it('does not take anything for an event', async () => {
    server.answer = () => ({ body: '<html>' });
    await expect(getKey(target, 'k')).rejects.toThrow('no event');
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
    const late = await getKey({ url: server.url, timeoutMs: 50 }, 'k').catch((one: unknown) => one);
    expect(late).toBeInstanceOf(NoAnswerError);
    expect(String(late)).toContain('no answer within 50 ms');
    const refused = await getKey({ url: 'http://127.0.0.1:1', timeoutMs: 1000 }, 'k').catch((one: unknown) => one);
    expect(String(refused)).toMatch(/http:\/\/127\.0\.0\.1:1.*connection refused/);
  });

  it('can be stopped', async () => {
    server.answer = () => undefined;
    const stop = new AbortController();
    const watching = watchKey({ ...target, signal: stop.signal }, 'k', 1);
    stop.abort();
    await expect(watching).rejects.toBeInstanceOf(NoAnswerError);
  });
});
