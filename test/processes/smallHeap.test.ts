/** A member with a small heap that is filled with large values, and started again on what it took. */
import { call, closeConnections, type Answer } from '../cluster/httpClient';
import { ServerProcess, whyMissing } from '../support/serverProcess';

const suite = whyMissing('cairn') === undefined ? describe : describe.skip;

const VALUE = 'x'.repeat(1024 * 1024);
const environment = { NODE_OPTIONS: '--max-old-space-size=256' };

suite('a member with a heap of 256 MB', () => {
  let member: ServerProcess;

  beforeAll(async () => {
    member = await ServerProcess.start('cairn', { environment });
  });

  afterAll(async () => {
    closeConnections();
    await member.remove();
  });

  function put(key: string, value = VALUE): Promise<Answer> {
    return call(member.clientPort, { method: 'PUT', target: `/v2/keys/${key}`, form: { value } }, 60_000);
  }

  function get(target: string): Promise<Answer> {
    return call(member.clientPort, { method: 'GET', target }, 60_000);
  }

  test('refuses what it could not load again, and starts on what it took', async () => {
    let taken = 0;
    let refused: Answer | undefined;
    for (; refused === undefined && taken < 300; taken++) {
      const answer = await put(`key${taken}`);
      if (answer.status !== 201) refused = answer;
    }
    expect(refused?.status).toBe(507);
    expect(refused?.text).toContain('etcdserver: mvcc: database space exceeded');
    expect(taken).toBeGreaterThan(60);
    expect((await get('/health')).text).toContain('ALARM NOSPACE');
    // The usual 32 MiB of history would be an eighth of this heap.
    const index = Number((await get('/v2/keys/key0')).headers['x-etcd-index']);
    const past = (events: number): Promise<Answer> =>
      get(`/v2/keys/?wait=true&recursive=true&waitIndex=${index - events}`);
    expect([(await past(10)).status, (await past(28)).status]).toEqual([200, 400]);
    await member.kill();
    member = await ServerProcess.start('cairn', {
      environment,
      dataDir: member.dataDir,
      clientPort: member.clientPort,
      peerPort: member.peerPort,
      readyWithinMs: 0,
    });
    await untilReady();
    expect((await get('/v2/keys/key0')).status).toBe(200);
    for (let n = 0; n < 10; n++) {
      await call(member.clientPort, { method: 'DELETE', target: `/v2/keys/key${n}` }, 60_000);
    }
    expect((await put('again')).status).toBe(201);
    expect((await get('/health')).status).toBe(200);
  }, 240_000);

  async function untilReady(): Promise<void> {
    for (let attempt = 0; attempt < 600; attempt++) {
      if (!member.isRunning()) throw new Error(`it ended:\n${member.logs().slice(-3000)}`);
      const ready = await get('/readyz').catch(() => undefined);
      if (ready?.status === 200) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('it was not ready within a minute');
  }
});
