/** The harness that mistreats a cluster: what does not hold must be noticed. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { until } from '../cluster/waiting';
import { stablePort } from '../support/ports';
import { ATTACKS } from './attacks';
import { type Attack, USUAL_BOUNDS } from './attack';
import { Crowd } from './crowd';
import { GoodClient } from './goodClient';
import { longestPauseMs, type Reading } from './measure';
import { brokenText, table } from './report';
import { judge, type Measured } from './verdict';

const attack: Attack = { name: 'nothing', does: 'nothing', run: () => Promise.resolve({ broken: [], figures: '' }) };
const reading: Reading = {
  ...{ pid: 7, isRunning: true, peakMb: 100, descriptors: 50, logBytes: 1000 },
  lags: new Map([
    [10, 5],
    [100, 6],
    [Infinity, 6],
  ]),
};
const held: Measured = {
  before: [reading, reading, reading],
  after: [reading, reading, reading],
  good: { answered: 100, longestWaitMs: 30, wrong: [] },
  sighting: { broken: [], figures: '1 thing' },
  aftermath: { disagreement: undefined, missing: [] },
};
const last = (change: Partial<Reading>): Partial<Measured> => ({
  after: [reading, reading, { ...reading, ...change }],
});
const UNKNOWN_PAUSE = `longest pause in ms: NaN, at most ${USUAL_BOUNDS.pauseMs}`;

describe('the verdict about an attack', () => {
  test('is that all held', () => {
    expect(judge(attack, held)).toEqual({
      ...{ attack: 'nothing', broken: [], figures: '1 thing' },
      ...{ waitMs: 30, pauseMs: 0, memoryMb: 100, logKb: 0 },
    });
  });

  test.each<[string, Partial<Measured>, string]>([
    ['a member that ended', last({ isRunning: false, lags: new Map() }), 'member 3 ended'],
    ['a member that was restarted', last({ pid: 8 }), 'member 3 is another process'],
    ['memory', last({ peakMb: 5000 }), `memory in MB: 5000, at most ${USUAL_BOUNDS.memoryMb}`],
    ['a memory nobody could read', last({ peakMb: NaN }), `memory in MB: NaN, at most ${USUAL_BOUNDS.memoryMb}`],
    ['a long log', last({ logBytes: 1e6 }), `log in KB: 976, at most ${USUAL_BOUNDS.logKb}`],
    ['open descriptors', last({ descriptors: 500 }), `descriptors left open: 450, at most ${USUAL_BOUNDS.descriptors}`],
    [
      'a pause beyond the last bucket',
      last({ lags: new Map([...reading.lags, [Infinity, 7]]) }),
      `longest pause in ms: Infinity, at most ${USUAL_BOUNDS.pauseMs}`,
    ],
    ['pauses nobody could read', last({ lags: new Map() }), UNKNOWN_PAUSE],
    ['pauses in buckets without bounds', last({ lags: new Map([...reading.lags, [NaN, 0]]) }), UNKNOWN_PAUSE],
    ['pauses in buckets without counts', last({ lags: new Map([...reading.lags, [100, NaN]]) }), UNKNOWN_PAUSE],
    ['pauses in buckets with an end', last({ lags: new Map([[10, 5]]) }), UNKNOWN_PAUSE],
    [
      'a client that waited',
      { good: { answered: 1, longestWaitMs: 99_000, wrong: [] } },
      `longest wait of the good client in ms: 99000, at most ${USUAL_BOUNDS.waitMs}`,
    ],
    [
      'a client without answers',
      { good: { answered: 0, longestWaitMs: 0, wrong: [] } },
      'the good client got no answer at all',
    ],
    ['a wrong answer', { good: { answered: 1, longestWaitMs: 1, wrong: ['/a reads 404'] } }, '/a reads 404'],
    ['what the attack saw', { sighting: { broken: ['it was dialed'], figures: '' } }, 'it was dialed'],
    ['members that differ', { aftermath: { disagreement: 'they differ', missing: [] } }, 'they differ'],
    [
      'lost keys',
      { aftermath: { disagreement: undefined, missing: ['/good/1', '/good/2'] } },
      '2 acknowledged keys are gone, /good/1 among them',
    ],
  ])('is that %s did not hold', (_, change, broken) => {
    const row = judge(attack, { ...held, ...change });
    expect(row.broken).toEqual([broken]);
    expect(table([row], [])).toMatch(/^nothing +NO /m);
    expect(brokenText([row])).toBe(`DID NOT HOLD nothing: ${broken}\n`);
  });

  test('allows what the attack itself is about', () => {
    expect(judge({ ...attack, restarts: true }, { ...held, ...last({ pid: 8 }) }).broken).toEqual([]);
    expect(judge({ ...attack, bounds: { memoryMb: 6000 } }, { ...held, ...last({ peakMb: 5000 }) }).broken).toEqual([]);
  });
});

test('the longest pause is the bound of the last bucket that grew', () => {
  const before = new Map([
    [10, 5],
    [100, 6],
    [1000, 6],
    [Infinity, 6],
  ]);
  const after = new Map([
    [10, 9],
    [100, 11],
    [1000, 11],
    [Infinity, 11],
  ]);
  expect(longestPauseMs(before, after)).toBe(100);
  expect(longestPauseMs(after, after)).toBe(0);
});

test('the good client misses what a listing does not show, or shows otherwise', () => {
  const good = new GoodClient([]);
  for (const key of ['/good/1', '/good/2', '/good/3']) good.acknowledged.set(key, 'a');
  const nodes = [
    { key: '/good/1', value: 'a' },
    { key: '/good/2', value: 'b' },
  ];
  expect(good.missingFrom(JSON.stringify({ node: { nodes } }))).toEqual(['/good/2', '/good/3']);
});

test('a crowd knows how it was answered, and whom the other side ended', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (piece) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
      if (piece.toString() === 'end') socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    });
  });
  const port = await stablePort();
  await once(server.listen(port, '127.0.0.1'), 'listening');
  const crowd = new Crowd();
  const sockets = [crowd.join(port, 'end'), crowd.join(port, 'stay'), crowd.join(port)];
  await until('one has ended, and another was answered', 10_000, () => crowd.open === 2 && crowd.answered(101) === 2);
  crowd.leave();
  await until('all are closed', 10_000, () => sockets.every(({ closed }) => closed));
  server.close();
  const refused = crowd.join(port, 'end');
  await until('nobody is there', 10_000, () => refused.closed);
  expect([crowd.opened, crowd.hungUp, crowd.answered(101), crowd.answered(400)]).toEqual([4, 1, 2, 0]);
});

test('the attacks have names of their own', () => {
  expect(new Set(ATTACKS.map(({ name }) => name)).size).toBe(ATTACKS.length);
});

describe('npm run abuse', () => {
  function run(...more: readonly string[]): { status: number | null; stdout: string } {
    const script = join(resolve(__dirname, '../..'), 'scripts/abuse.js');
    const flags = ['--only', 'what is no request', '--seconds', '20', '--quiet', ...more];
    return spawnSync(process.execPath, [script, ...flags], { encoding: 'utf8' });
  }

  test('ends with 0 when everything held', () => {
    const { status, stdout } = run();
    expect(stdout).toMatch(/^what is no request +yes /m);
    expect(status).toBe(0);
  });

  test('ends with 1 when something did not, and keeps the logs', () => {
    const { status, stdout } = run('--memory-mb', '1');
    expect(stdout).toMatch(/^what is no request +NO /m);
    expect(stdout).toMatch(/^DID NOT HOLD what is no request: memory in MB: \d+, at most 1$/m);
    const [, directory] = /^logs and data are kept in (\S+)$/m.exec(stdout) ?? [];
    expect(directory).toBeDefined();
    spawnSync('rm', ['-rf', directory!]);
    expect(status).toBe(1);
  });
});
