import { EventEmitter } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeServer, type Asked, type FakeAnswer } from '../../client/fakeServer';
import { runCtl, type CtlOutcome } from '../etcdctl/inProcess';

const server = new FakeServer();
let folder: string;
const signals = new EventEmitter();
beforeAll(() => server.start());
afterAll(() => {
  server.stop();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-hold-'));
  server.asked.length = 0;
  signals.removeAllListeners();
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** The lock is had at once, with token 7; then as `later` says. */
function answering(later: (asked: Asked, renewals: number) => FakeAnswer | undefined): void {
  let renewals = 0;
  server.answer = (asked) => {
    if (asked.method === 'POST') return { body: '7' };
    if (asked.method === 'DELETE') return { body: '' };
    renewals++;
    return later(asked, renewals);
  };
}

function ctl(...args: string[]): Promise<CtlOutcome> {
  const environment = { PATH: process.env['PATH'] ?? '', FILE: join(folder, 'written') };
  return runCtl(['--no-sync', '--endpoints', server.url, ...args], { environment, signals });
}

const methods = (): readonly string[] => server.asked.map(({ method }) => method);
const written = (): string =>
  existsSync(join(folder, 'written')) ? readFileSync(join(folder, 'written'), 'utf8') : '';

/** A program that ends once a test has seen enough. */
const UNTIL_WRITTEN = ['sh', '-c', 'until [ -e "$FILE" ]; do sleep 0.05; done'];

it('runs the program while it has the lock, with the token, and gives it back', async () => {
  answering(() => ({ body: '' }));
  expect(await ctl('lock', 'a b/c', '--', 'sh', '-c', 'echo "$CAIRN_NAME $CAIRN_TOKEN" >"$FILE"; exit 3')).toEqual({
    ...{ code: 3, stdout: '', stderr: '' },
  });
  expect(written()).toBe('a b/c 7\n');
  expect(methods()).toEqual(['POST', 'PUT', 'DELETE']);
  expect(server.asked[0]?.url).toBe('/mod/v2/lock/a%20b/c');
  expect(server.asked[2]?.url).toBe('/mod/v2/lock/a%20b/c?index=7');
});

it.each(['SIGTERM', 'SIGHUP', 'SIGINT'])(
  '%s while it is being confirmed gives it back, and no program is started',
  async (signal) => {
    answering(() => {
      signals.emit(signal, signal);
      return undefined;
    });
    const beganMs = performance.now();
    const { code } = await ctl('lock', 'x', '--ttl', '600', '--', 'sh', '-c', 'echo ran >"$FILE"');
    expect([code, written()]).toEqual([130, '']);
    expect(methods()).toEqual(['POST', 'PUT', 'DELETE']);
    expect(performance.now() - beganMs).toBeLessThan(100_000);
  },
);

it('renews long before its time is over, for as long as the program runs', async () => {
  answering((_, renewals) => {
    if (renewals === 3) writeFileSync(join(folder, 'written'), '');
    return { body: '' };
  });
  expect((await ctl('lock', 'x', '--ttl', '9', '--', ...UNTIL_WRITTEN)).code).toBe(0);
});

it('ends the program when somebody else has the lock', async () => {
  answering((_, renewals) => (renewals === 1 ? { body: '' } : { status: 404, body: { message: 'Key not found' } }));
  const { code, stderr } = await ctl('lock', 'x', '--ttl', '9', '--', 'sleep', '30');
  expect([code, stderr]).toEqual([
    4,
    expect.stringMatching(/^Error: {2}lost: status 404, .*; the program is ended\n$/),
  ]);
});

describe('clocks that went apart', () => {
  const { now } = Date;
  afterEach(() => {
    Date.now = now;
  });
  /** As it looks to who slept for an hour, or whose clock was set. */
  const sleepAnHour = (): void => {
    Date.now = () => now() + 3_600_000;
  };

  it('asks at once after the machine slept, which the steady clock does not count', async () => {
    answering((_, renewals) => {
      if (renewals > 1) return { status: 404, body: { message: 'Key not found' } };
      sleepAnHour();
      return { body: '' };
    });
    const beganMs = performance.now();
    const { code, stderr } = await ctl('lock', 'x', '--ttl', '600', '--', 'sleep', '300');
    expect([code, stderr]).toEqual([4, expect.stringContaining('lost: status 404')]);
    // It would have been renewed after 200 s.
    expect(performance.now() - beganMs).toBeLessThan(100_000);
  });

  it('ends the program soon where nobody says after such a sleep that the lock is still had', async () => {
    answering((_, renewals) => {
      if (renewals > 1) return undefined;
      sleepAnHour();
      return { body: '' };
    });
    // Its time by the steady clock is over after 570 s, long after the end of this test.
    const { code, stderr } = await ctl('lock', 'x', '--ttl', '600', '--', 'sleep', '300');
    expect([code, stderr]).toEqual([4, expect.stringContaining('may have passed while the machine slept')]);
  });

  it('keeps what it still has when only the clock was set, and asks once', async () => {
    let renewed = 0;
    answering((_, renewals) => {
      renewed = renewals;
      if (renewals === 1) sleepAnHour();
      if (renewals === 2) setTimeout(() => writeFileSync(join(folder, 'written'), ''), 1500);
      return { body: '' };
    });
    expect((await ctl('lock', 'x', '--ttl', '600', '--', ...UNTIL_WRITTEN)).code).toBe(0);
    expect(renewed).toBe(2);
  });
});

it('ends the program before its time is over when no member answers', async () => {
  answering((_, renewals) => (renewals === 1 ? { body: '' } : undefined));
  const beganMs = performance.now();
  const { code, stderr } = await ctl('lock', 'x', '--ttl', '2', '--', 'sleep', '30');
  expect([code, stderr]).toEqual([4, expect.stringContaining('it could not be renewed in time')]);
  expect(performance.now() - beganMs).toBeGreaterThan(1500);
});

it('survives a renewal that fails once', async () => {
  answering((_, renewals) => {
    if (renewals === 3) writeFileSync(join(folder, 'written'), '');
    return renewals === 2 ? { status: 503, body: { message: 'no leader' } } : { body: '' };
  });
  expect((await ctl('lock', 'x', '--ttl', '9', '--', ...UNTIL_WRITTEN)).code).toBe(0);
});

it('waits for no lock that it is told not to wait for', async () => {
  server.answer = () => ({ status: 500, body: 'failed to acquire lock' });
  expect(await ctl('lock', 'x', '--wait', '0s', '--', 'true')).toEqual({
    ...{ code: 4, stdout: '', stderr: 'Error:  x was not had: status 500, failed to acquire lock\n' },
  });
  expect(server.asked[0]?.body).toContain('timeout=0');
});

it.each([
  [
    JSON.stringify({ errorCode: 300, message: 'Raft Internal Error', cause: 'no leader', index: 7 }),
    'Raft Internal Error: no leader',
  ],
  [
    `<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>${'x'.repeat(5000)}</body></html>`,
    'a page of HTML with the title "502 Bad Gateway"',
  ],
  ['no \u001b[2J\nend', 'no ?[2J end'],
  ['x'.repeat(5000), 'x'.repeat(200)],
  ['', 'without a word'],
])('tells why it was not had, in words and briefly (%#)', async (body, said) => {
  server.answer = () => ({ status: 500, body });
  expect((await ctl('lock', 'x', '--wait', '0s', '--', 'true')).stderr).toBe(
    `Error:  x was not had: status 500, ${said}\n`,
  );
});

it.each([
  ['lock', 'gives up its place', ['POST', 'DELETE']],
  // Others may stand with the same name.
  ['elect', 'leaves an office to its time', ['PUT']],
])('%s %s when it is interrupted before it is answered', async (command, _, asked) => {
  server.answer = ({ method }) => (method === 'DELETE' ? { body: '' } : undefined);
  const outcome = ctl(command, 'x', '--', 'true');
  while (server.asked.length === 0) await new Promise((passed) => setTimeout(passed, 5));
  signals.emit('SIGINT', 'SIGINT');
  expect(await outcome).toEqual({ code: 130, stdout: '', stderr: '' });
  expect(methods()).toEqual(asked);
  if (command === 'elect') return;
  const holder = new URLSearchParams(server.asked[0]?.body).get('value') ?? '';
  expect(new URL(server.asked[1]?.url ?? '', server.url).searchParams.get('value')).toBe(holder);
});

describe('what was had, and could not be confirmed', () => {
  /** Every renewal gets 503; `seen` is told how many there were. */
  const unconfirmed = (seen: (renewals: number) => void = () => undefined): void => {
    answering((_, renewals) => {
      seen(renewals);
      return { status: 503, body: { message: 'no leader' } };
    });
  };

  it('is given back by whoever does not wait, with the reason', async () => {
    unconfirmed();
    const { code, stderr } = await ctl('lock', 'x', '--wait', '0s', '--', 'true');
    expect([code, stderr]).toEqual([
      4,
      expect.stringMatching(/^Error: {2}x was not had: it could not be confirmed: .*no leader\n$/s),
    ]);
    expect(methods().at(-1)).toBe('DELETE');
  });

  it('is given back by whoever is interrupted before he tries again', async () => {
    unconfirmed(() => setTimeout(() => signals.emit('SIGINT', 'SIGINT'), 100));
    expect(await ctl('lock', 'x', '--', 'true')).toEqual({ code: 130, stdout: '', stderr: '' });
    expect(methods()).toEqual(['POST', 'PUT', 'DELETE']);
  });

  it('is given back where it could not be asked for again', async () => {
    let asked = 0;
    server.answer = ({ method }) => {
      if (method !== 'POST') return method === 'PUT' ? { status: 503, body: '' } : { body: '' };
      return ++asked === 1 ? { body: '7' } : { status: 403, body: 'no' };
    };
    expect((await ctl('lock', 'x', '--', 'true')).stderr).toBe('Error:  x was not had: status 403, no\n');
    expect(methods()).toEqual(['POST', 'PUT', 'POST', 'DELETE']);
  });

  it('is nobody’s to give back where a member says that it is gone', async () => {
    answering(() => ({ status: 404, body: { message: 'Key not found' } }));
    expect((await ctl('lock', 'x', '--wait', '0s', '--', 'true')).stderr).toMatch(
      /was not had: it was lost at once: status 404, .*Key not found/,
    );
    expect(methods()).toEqual(['POST', 'PUT']);
  });
});

it('prints the token without a program, and holds until it is interrupted', async () => {
  answering(() => ({ body: '' }));
  const outcome = ctl('lock', 'x');
  while (!methods().includes('PUT')) await new Promise((passed) => setTimeout(passed, 5));
  await new Promise((passed) => setTimeout(passed, 50));
  signals.emit('SIGTERM', 'SIGTERM');
  expect(await outcome).toEqual({ code: 0, stdout: '7\n', stderr: '' });
  expect(methods().at(-1)).toBe('DELETE');
});

it('gives the lock back if there is no such program', async () => {
  answering(() => ({ body: '' }));
  const { code, stderr } = await ctl('lock', 'x', '--', '/no/such/program');
  expect([code, stderr, methods().at(-1)]).toEqual([127, expect.stringContaining('/no/such/program'), 'DELETE']);
});

it('is not deceived by an answer that is no token', async () => {
  server.answer = () => ({ body: '<html>' });
  expect((await ctl('lock', 'x', '--', 'true')).code).toBe(4);
});

it('ends the program soon when somebody else leads, and steps down by its token alone', async () => {
  // As members have it: the leader's route waits for whoever leads, and says that it was for nothing.
  let puts = 0;
  server.answer = ({ method, url }) => {
    if (method === 'DELETE') return { body: '' };
    if (url === '/mod/v2/leader/x')
      return ++puts === 1 ? { body: '7' } : { status: 500, body: 'failed to acquire lock' };
    return ++puts === 2 ? { body: '' } : { status: 404, body: 'key does not exist' };
  };
  const { code, stderr } = await ctl('elect', 'x', 'me', '--ttl', '9', '--', 'sleep', '30');
  expect([code, stderr]).toEqual([4, expect.stringContaining('lost: status 404, key does not exist')]);
  expect(server.asked.slice(1).map(({ method, url }) => `${method} ${url}`)).toEqual([
    ...['PUT /mod/v2/lock/x', 'PUT /mod/v2/lock/x', 'DELETE /mod/v2/lock/x?index=7'],
  ]);
  expect(new URLSearchParams(server.asked[1]?.body).get('index')).toBe('7');
});

it('stands with the name of the machine if none is given before the program', async () => {
  server.answer = () => ({ body: '7' });
  expect(await ctl('elect', 'x', '--', 'sh', '-c', 'exit 5')).toEqual({ code: 5, stdout: '', stderr: '' });
  expect(new URLSearchParams(server.asked[0]?.body).get('name')).toBe(hostname());
});

it.each([
  [['lock'], 'Name the lock'],
  [['lock', '/', '--', 'true'], 'Name the lock'],
  [['elect'], 'Name the election'],
  [['elect', 'x', ''], 'The candidate needs a name'],
  [['lock', 'x', '--ttl', '0'], '--ttl 0: give seconds from 1 to 86400'],
])('%j: %s', async (args, words) => {
  expect(await ctl(...args)).toEqual({ code: 1, stdout: '', stderr: `${words}\n` });
});
