/** `cairn check`: uses a cluster once in every way that clients do. */
import { textOf2xx } from '../client/answer';
import { AnswerError, ERROR_CODES, isEtcdError } from '../client/errors';
import { isHealthy, serverVersion } from '../client/health';
import { ask, type Target } from '../client/http';
import { Keys } from '../client/keys';
import { nextChange } from '../client/wait';
import { listMembers } from '../client/members';
import { runCommand, say, UsageError, type CommandArguments } from './arguments';
import { CHECK_DIRECTORY, leaveNoDirectory } from './checkDirectory';
import { clientConnection, type Environment } from './connection';
import { checkPerf, type OnStop } from './perf/checkPerf';
import { checkSecurity } from './security/checkSecurity';

/** What is written goes away by itself if the check is cut short. */
const TTL_S = 60;
const NOT_FOUND = 404;

interface Step {
  readonly name: string;
  /** Answers what was seen, for the one line about it; throws if it is not what has to be. */
  readonly run: () => Promise<string>;
}

const WHATS = ['perf', 'security', 'all'] as const;
type What = (typeof WHATS)[number];

/** Options that not everything has that is checked. */
const OPTIONS: Readonly<Record<string, readonly What[]>> = {
  load: ['perf'],
  yes: ['perf'],
  output: ['perf', 'security'],
  members: ['all'],
};

/**
 * `cairn check perf [--load s|m|l] [--yes] [--output text|json] [--url URL] [--timeout SECONDS]` is `perf/`,
 * `cairn check security` is `security/`. `cairn check [--url URL] [--members N] [--timeout SECONDS]`: puts, gets, watches, compares and deletes a key of its own below
 * /cairn-check, lists the members and reads the metrics. Exits with 0 if all of it works and N members (if given) are there.
 */
export function check(
  args: readonly string[],
  environment: Environment = process.env,
  onStop: OnStop = () => undefined,
): Promise<number> {
  return runCommand('check', args, async (values) => {
    const what = whatIn(values);
    if (what === 'perf') return checkPerf(values, onStop, environment);
    if (what === 'security') return checkSecurity(values, environment);
    const [timeoutMs, members] = [values.number('timeout') * 1000, values.number('members')];
    const target = { ...(await clientConnection(values, environment)), timeoutMs };
    for (const { name, run } of stepsFor(target, members)) {
      const beginMs = performance.now();
      const seen = await run();
      say(`ok ${name} (${seen}, ${Math.round(performance.now() - beginMs)} ms)`);
    }
  });
}

function whatIn(values: CommandArguments): What {
  const word = values.optionalOperand('[WHAT]') ?? 'all';
  const what = WHATS.find((each) => each === word);
  if (what === undefined)
    throw new UsageError(`${JSON.stringify(word)} cannot be checked; give perf, security, or nothing`);
  const surplus = Object.entries(OPTIONS).find(([name, whats]) => values.has(name) && !whats.includes(what));
  if (surplus === undefined) return what;
  throw new UsageError(`--${surplus[0]} is not for cairn check${what === 'all' ? '' : ` ${what}`}: leave it out`);
}

function stepsFor(target: Target, memberCount: number): readonly Step[] {
  const key = `${CHECK_DIRECTORY}/${crypto.randomUUID()}`;
  let putIndex = 0;
  return [
    { name: 'health', run: () => readHealth(target) },
    { name: 'members', run: () => readMembers(target, memberCount) },
    {
      name: 'put',
      run: async () => {
        const { node } = await new Keys(target).set(key, 'one', { ttlSeconds: TTL_S });
        putIndex = node.modifiedIndex;
        return `${key} at index ${putIndex}`;
      },
    },
    { name: 'get', run: () => expectValue(target, key, 'one') },
    { name: 'watch', run: () => seeChange(target, key, () => putIndex + 1) },
    { name: 'compare', run: () => refuseWrongValue(target, key) },
    { name: 'delete', run: () => deleteAndMiss(target, key) },
    { name: 'metrics', run: () => readMetrics(target) },
  ];
}

async function readHealth(target: Target): Promise<string> {
  // Says why, if nobody answers.
  const version = await serverVersion(target);
  const call = { method: 'GET', path: '/health' } as const;
  const answer = await ask(target, call);
  // A peer port says its version too, and nothing of its health.
  if (answer.status === NOT_FOUND) textOf2xx(call, answer);
  if (!(await isHealthy(target))) throw new Error(`${target.url} does not reach a quorum (GET /health)`);
  return `version ${version}`;
}

async function readMembers(target: Target, expected: number): Promise<string> {
  const members = await listMembers(target);
  const names = members
    .map(({ name, id, isLearner }) => (name === '' ? `${id}, not started` : isLearner ? `${name}, a learner` : name))
    .join('; ');
  const started = members.filter(({ name }) => name !== '').length;
  if (expected > 0 && (members.length !== expected || started !== expected))
    throw new Error(`${expected} members were expected, and there are ${members.length}: ${names}`);
  return names;
}

async function expectValue(target: Target, key: string, expected: string): Promise<string> {
  const { node } = await new Keys(target).get(key);
  if (node.value !== expected) throw new Error(`${key} is ${JSON.stringify(node.value)} instead of "${expected}"`);
  return `"${expected}"`;
}

/** Watches, then writes: the watch has to answer with that write. */
async function seeChange(target: Target, key: string, waitIndex: () => number): Promise<string> {
  const stop = new AbortController();
  const watched = nextChange({ ...target, signal: stop.signal }, key, waitIndex());
  // Until it is awaited nobody else looks at its failure.
  watched.catch(() => undefined);
  try {
    const written = await new Keys(target).set(key, 'two', { ttlSeconds: TTL_S });
    const event = await watched;
    if (event.node.modifiedIndex !== written.node.modifiedIndex || event.node.value !== 'two')
      throw new Error(`the watch of ${key} answered with ${JSON.stringify(event)}`);
    return `saw "two" at index ${event.node.modifiedIndex}`;
  } finally {
    stop.abort();
  }
}

async function refuseWrongValue(target: Target, key: string): Promise<string> {
  const refused = await new Keys(target).set(key, 'three', { prevValue: 'one' }).catch((error: unknown) => error);
  if (!(refused instanceof AnswerError) || refused.status !== 412)
    throw new Error(`a write that expects another value was not refused with 412: ${String(refused)}`);
  await new Keys(target).set(key, 'three', { prevValue: 'two', ttlSeconds: TTL_S });
  return 'swapped only with the right value';
}

async function deleteAndMiss(target: Target, key: string): Promise<string> {
  await new Keys(target).delete(key);
  const missing = await new Keys(target).get(key).catch((error: unknown) => error);
  if (!isEtcdError(missing, ERROR_CODES.keyNotFound))
    throw new Error(`${key} was deleted, and reading it answers ${String(missing)}`);
  await leaveNoDirectory(new Keys(target));
  return 'gone';
}

async function readMetrics(target: Target): Promise<string> {
  const { status, text } = await ask(target, { method: 'GET', path: '/metrics' });
  const value = /^etcd_server_has_leader(?:\{.*\})? (\d+)$/m.exec(text)?.[1];
  if (status !== 200 || value !== '1')
    throw new Error(
      `GET /metrics: status ${status}, and etcd_server_has_leader is ${value ?? 'not there'} instead of 1`,
    );
  return 'etcd_server_has_leader 1';
}
