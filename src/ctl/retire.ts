/** `cairn retire`: takes members out of the cluster before their pods go. */
import { setTimeout as sleep } from 'node:timers/promises';
import { drainMember } from '../client/drain';
import { AnswerError } from '../client/errors';
import { isHealthy, isReady } from '../client/health';
import type { Target } from '../client/http';
import type { Dial } from '../platform/dial';
import { activeSizeOf } from '../client/activeSize';
import { listMembers, removeMember, type Member } from '../client/members';
import { runCommand, say, UsageError } from './arguments';
import { clientConnection, type Environment } from './connection';
import { untilDone } from './untilDone';
import { keepsQuorum, surplusMembers, type PodMember } from './retirement';

const REQUEST_TIMEOUT_MS = 10_000;
const PROBE_TIMEOUT_MS = 2000;

/** Should this process end too soon, the member is ready again after that. */
const DRAIN_EXTRA_S = 60;

interface Job {
  readonly url: string;
  readonly prefix: string;
  readonly keep: number;
  /** Between "not ready" and the removal. */
  readonly drainS: number;
  readonly deadlineMs: number;
  readonly dial: Dial;
  readonly user?: string | undefined;
  /** URLs that were said to be asked without the user. */
  readonly saidPlain: Set<string>;
}

/**
 * `cairn retire --url URL --name-prefix PREFIX --keep N [--drain SECONDS] [--timeout SECONDS]`: removes the members named PREFIX
 * and an ordinal of N or more, one by one, the highest first, each only while the others have a quorum without it. Before it
 * is removed a member sends its clients elsewhere for the --drain time. With --keep 0 all of that name go, such as those of a release
 * that another one takes over from; a cluster that would have none left loses nobody. Can be run again at any time. Exits with 0 when none
 * of them is left, with 1 if that could not be reached in time, or if one came back as a standby meanwhile.
 */
export function retire(args: readonly string[], environment: Environment = process.env): Promise<number> {
  return runCommand('retire', args, async (values) => {
    const drainS = values.number('drain');
    const timeoutS = values.number('timeout');
    if (timeoutS <= drainS)
      throw new UsageError(
        `--timeout ${timeoutS} is over before --drain ${drainS} is: give more seconds than for one member`,
      );
    await retireAll({
      prefix: values.text('name-prefix'),
      keep: values.number('keep'),
      drainS,
      deadlineMs: performance.now() + timeoutS * 1000,
      saidPlain: new Set(),
      ...(await clientConnection(values, environment)),
    });
  });
}

async function retireAll(job: Job): Promise<void> {
  const members = await insist(job, 'asking for the members', () => listMembers(target(job)));
  const surplus = surplusMembers(members, job.prefix, job.keep);
  if (surplus.length > 0 && surplus.length === members.length) {
    throw new Error(
      `all ${members.length} members are from ${job.prefix}${job.keep} on, and some have to stay: nobody is removed`,
    );
  }
  if (surplus.length === 0) {
    say(`no member from ${job.prefix}${job.keep} on: nothing to do`);
    return;
  }
  const activeSize = await activeSizeOf(target(job));
  if (activeSize !== undefined && members.length - surplus.length < activeSize)
    say(
      `the cluster fills its places up to ${activeSize} members (activeSize in /v2/admin/config): who is removed waits as a standby and ` +
        'takes a place again for as long as it runs; stop it right after this',
    );
  for (const { member, ordinal } of surplus) await retireOne(job, { member, ordinal });
  await checkGone(job, surplus);
  say(`done: the members from ${job.prefix}${job.keep} on are removed`);
}

/** Nobody gets the id of a member that was removed: one with another id came as a standby. */
async function checkGone(job: Job, removed: readonly PodMember[]): Promise<void> {
  const ids = new Set(removed.map(({ member }) => member.id));
  const members = await insist(job, 'asking for the members', () => listMembers(target(job)));
  const back = surplusMembers(members, job.prefix, job.keep).filter(({ member }) => !ids.has(member.id));
  if (back.length === 0) return;
  const names = back.map(({ member, ordinal }) => `${job.prefix}${ordinal} (${member.id})`).join(', ');
  throw new Error(
    `a place was free, and ${names} has it now, which waited as a standby: stop what runs there, and run this again`,
  );
}

async function retireOne(job: Job, { member, ordinal }: PodMember): Promise<void> {
  const who = `${job.prefix}${ordinal} (${member.id})`;
  await insist(job, `removing ${who}`, async () => {
    const others = await othersOf(job, member);
    if (others === undefined) return true;
    await checkQuorum(job, others);
    await drain(job, member);
    await checkQuorum(job, others);
    await removeMember(target(job), member.id);
    // Another member may answer next, one that does not know of the removal yet.
    return (await othersOf(job, member)) === undefined ? true : undefined;
  });
  say(`removed ${who}`);
}

/** A member that is away has no clients, and one of another version may not know how. */
async function drain(job: Job, member: Member): Promise<void> {
  if (job.drainS === 0) return;
  const attempts = member.clientURLs.map((url) =>
    drainMember(
      { url, timeoutMs: REQUEST_TIMEOUT_MS, dial: job.dial, user: userFor(job, url) },
      job.drainS + DRAIN_EXTRA_S,
    ),
  );
  const isDrained = await Promise.any(attempts).then(
    () => true,
    () => false,
  );
  if (isDrained) await sleep(job.drainS * 1000);
}

/**
 * Members say themselves where they are: one that says http gets no password of whoever asks by https, since anybody in between could
 * read it there.
 */
function userFor(job: Job, url: string): string | undefined {
  const isPlain = !/^https:/i.test(url) && !/^http:/i.test(job.url);
  if (job.user === undefined || !isPlain) return job.user;
  if (!job.saidPlain.has(url)) {
    say(`${url} is asked without the user: it has no TLS, and --url has; let that member advertise https`);
  }
  job.saidPlain.add(url);
  return undefined;
}

/** The other members, or undefined if `member` is not listed any more. */
async function othersOf(job: Job, member: Member): Promise<readonly Member[] | undefined> {
  const members = await listMembers(target(job));
  return members.some(({ id }) => id === member.id) ? members.filter(({ id }) => id !== member.id) : undefined;
}

async function checkQuorum(job: Job, remaining: readonly Member[]): Promise<void> {
  if (!(await isHealthy(target(job)))) throw new NotYetError(`${job.url} does not reach a quorum`);
  const answers = await Promise.all(remaining.map(({ clientURLs }) => anyReady(job, clientURLs)));
  const ready = answers.filter(Boolean).length;
  if (!keepsQuorum(remaining.length, ready))
    throw new NotYetError(`only ${ready} of the ${remaining.length} members that would remain are ready`);
}

async function anyReady({ dial }: Job, urls: readonly string[]): Promise<boolean> {
  const answers = await Promise.all(urls.map((url) => isReady({ url, timeoutMs: PROBE_TIMEOUT_MS, dial })));
  return answers.includes(true);
}

class NotYetError extends Error {
  override readonly name = 'NotYetError';
}

/** Repeats until there is a result; rejects with the last reason when the time is over, and at once if asking again is of no use. */
function insist<Result>(job: Job, what: string, attempt: () => Promise<Result | undefined>): Promise<Result> {
  const reasonOf = (error: unknown): string => {
    if (error instanceof AnswerError && error.status < 500 && error.status !== 404) throw error;
    return `${what}: ${error instanceof Error ? error.message : String(error)}`;
  };
  const overWords = (reason: string): string => `${reason}; nothing more is removed, run it again when that is mended`;
  return untilDone({ deadlineMs: job.deadlineMs, reasonOf, overWords }, attempt, `${what}: it is still listed`);
}

function target(job: Job): Target {
  const leftMs = Math.max(1, job.deadlineMs - performance.now());
  return { url: job.url, timeoutMs: Math.min(REQUEST_TIMEOUT_MS, leftMs), dial: job.dial, user: job.user };
}
