/** `cairnctl lock NAME -- PROGRAM` and `cairnctl elect NAME CANDIDATE -- PROGRAM`. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { CtlPath } from '../../config/ctl/table';
import type { Cluster } from '../etcdctl/cluster';
import { EXIT } from '../etcdctl/exitCodes';
import { Failure, messageOf } from '../etcdctl/failures';
import { complain, print } from '../etcdctl/io';
import { failingAs, keyFailure } from '../etcdctl/report';
import type { Command, Session } from '../etcdctl/session';
import { Hold, NotHadError } from './hold';
import { holderCall, type Wanted } from './holdCalls';
import { Guarded } from './guarded';

/** A shell says so of what an interrupt ended. */
const INTERRUPTED = 130;
const TTL_MAX_S = 86_400;

export const holdCommands = {
  lock: async (session) => {
    const [name, ...rest] = session.operands;
    if (name === undefined || isEmptyName(name)) throw new Failure(EXIT.badArguments, 'Name the lock');
    const holder = `${hostname()} ${process.pid} ${randomUUID()}`;
    await holdWhile(session, { kind: 'lock', name, holder, ttlS: ttlOf(session) }, programIn(rest));
  },
  elect: async (session) => {
    const [name, ...others] = session.operands;
    // `elect NAME -- PROGRAM` leaves the candidate out.
    const [candidate, ...rest] = session.separatedAt === 1 ? [hostname(), ...others] : others;
    if (name === undefined || isEmptyName(name)) throw new Failure(EXIT.badArguments, 'Name the election');
    if (candidate === undefined) return printLeader(session, name);
    if (candidate === '') throw new Failure(EXIT.badArguments, 'The candidate needs a name');
    await holdWhile(session, { kind: 'leader', name, holder: candidate, ttlS: ttlOf(session) }, programIn(rest));
  },
} as const satisfies Partial<Record<CtlPath, Command>>;

/** Without slashes nothing is left of it. */
function isEmptyName(name: string): boolean {
  return name.split('/').every((part) => part === '' || part === '.' || part === '..');
}

function ttlOf({ flags }: Session): number {
  const ttlS = flags.number('ttl');
  if (ttlS >= 1 && ttlS <= TTL_MAX_S) return ttlS;
  throw new Failure(EXIT.badArguments, `--ttl ${ttlS}: give seconds from 1 to ${TTL_MAX_S}`);
}

function programIn(operands: readonly string[]): readonly string[] {
  return operands[0] === '--' ? operands.slice(1) : operands;
}

async function printLeader(session: Session, name: string): Promise<void> {
  const leader = await failingAs(keyFailure, async () => {
    const { status, text } = await (await session.cluster()).ask(holderCall('leader', name));
    if (status === 200) return text;
    if (status === 404) return '';
    throw new Error(text.trim() === '' ? `status ${status}` : text.trim());
  });
  if (leader === '') throw new Failure(EXIT.serverError, `Error:  nobody leads ${name}`);
  print(session.io, leader);
}

async function holdWhile(session: Session, wanted: Wanted, program: readonly string[]): Promise<void> {
  const { io } = session;
  const stop = new AbortController();
  let guarded: Guarded | undefined;
  io.onSignals(['SIGINT', 'SIGTERM', 'SIGHUP'], (signal) => {
    // A terminal tells the program too.
    if (guarded === undefined) stop.abort();
    else if (signal !== 'SIGINT') guarded.pass(signal);
  });
  // Whoever ended here would leave the lock to its TTL, and the program without anybody who ends it.
  io.onReaderGone(() => {
    if (guarded === undefined) stop.abort();
  });
  const cluster = await session.cluster();
  const hold = await acquire(session, cluster, wanted, stop.signal);
  try {
    if (program.length === 0) {
      print(io, hold.token);
      await untilStopped(hold, stop.signal);
      return;
    }
    guarded = new Guarded(program, { ...io.environment, CAIRN_NAME: wanted.name, CAIRN_TOKEN: hold.token });
    await watchOver(session, hold, guarded);
  } finally {
    await hold.release();
  }
}

async function acquire(session: Session, cluster: Cluster, wanted: Wanted, signal: AbortSignal): Promise<Hold> {
  const waitMs = session.flags.has('wait') ? Math.max(0, session.flags.durationMs('wait')) : undefined;
  try {
    return await Hold.acquire(cluster, wanted, waitMs, signal);
  } catch (error) {
    if (signal.aborted) throw new Failure(INTERRUPTED);
    if (error instanceof NotHadError)
      throw new Failure(EXIT.serverError, `Error:  ${wanted.name} was not had: ${error.message}`);
    throw keyFailure(error);
  }
}

async function untilStopped(hold: Hold, signal: AbortSignal): Promise<void> {
  const stopped = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => {
      resolve(undefined);
    });
  });
  const reason = await Promise.race([stopped, hold.lost()]);
  if (reason !== undefined) throw new Failure(EXIT.serverError, `Error:  lost: ${reason}`);
}

/** The exit code is that of the program, unless it was ended because it is alone no longer. */
async function watchOver({ io }: Session, hold: Hold, guarded: Guarded): Promise<void> {
  const state: { isLost: boolean } = { isLost: false };
  void hold.lost().then((reason) => {
    state.isLost = true;
    complain(io, `Error:  lost: ${reason}; the program is ended`);
    guarded.end();
  });
  const code = await guarded.ended.catch((error: unknown) => {
    throw new Failure(127, `Error:  ${messageOf(error)}`);
  });
  if (state.isLost) throw new Failure(EXIT.serverError);
  if (code !== 0) throw new Failure(code);
}
