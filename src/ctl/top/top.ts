/** `cairnctl top`: what the members do, again and again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseMetrics } from '../../client/metricsText';
import type { CtlPath } from '../../config/ctl/table';
import { paintFor, type Paint } from '../colours';
import type { Cluster } from '../etcdctl/cluster';
import { EXIT } from '../etcdctl/exitCodes';
import { Failure } from '../etcdctl/failures';
import { print } from '../etcdctl/io';
import { parseMembers, type ListedMember } from '../etcdctl/memberAnswers';
import { noOperands } from '../etcdctl/memberCommands';
import { failingAs, keyFailure } from '../etcdctl/report';
import type { Command, Session } from '../etcdctl/session';
import { CTRL_C, readKeys } from '../keyboard';
import { topRows, type Reading, type TopRow } from './rows';
import { Screen } from './screen';
import { summaryLine, tableLines } from './table';

const INTERVAL_MIN_MS = 100;

export const topCommands = {
  top: async (session) => {
    noOperands(session);
    const { io, flags, form } = session;
    const intervalMs = flags.durationMs('interval');
    if (intervalMs < INTERVAL_MIN_MS) throw new Failure(EXIT.badArguments, '--interval: give a time from 100ms');
    const count = flags.number('count');
    const stop = new AbortController();
    io.onSignals(['SIGINT', 'SIGTERM', 'SIGHUP'], () => {
      stop.abort();
    });
    const isOver = (): boolean => stop.signal.aborted;
    const cluster = await session.cluster();
    // Whoever cannot be asked at the beginning is a mistake of the command line; later it is news.
    let before = await failingAs(keyFailure, () => read(cluster, intervalMs));
    const isDrawn = io.stdout.isTTY === true && form === 'simple';
    const screen = isDrawn ? new Screen(io.stdout) : undefined;
    const giveBack = isDrawn ? readKeys(io.stdin, endWith(stop)) : undefined;
    try {
      // Rates are not known yet; a blank page would look as if nobody answered.
      if (screen !== undefined) show(session, topRows({ ...before, members: [] }, before), screen);
      for (let turn = 1; !isOver(); turn++) {
        await sleep(intervalMs, undefined, { signal: stop.signal }).catch(() => undefined);
        if (isOver()) return;
        const after = await read(cluster, intervalMs).catch(() => nobody(before));
        show(session, topRows(before, after), screen);
        before = after;
        if (turn === count) return;
      }
    } finally {
      giveBack?.();
      screen?.leave();
    }
  },
} as const satisfies Partial<Record<CtlPath, Command>>;

/** As `top` and `less` of a terminal: q, or Ctrl-C, which comes as a key while these are read one by one. */
function endWith(stop: AbortController): (byte: number) => void {
  return (byte) => {
    if (byte === CTRL_C || String.fromCharCode(byte).toLowerCase() === 'q') stop.abort();
  };
}

function show({ io, form }: Session, rows: readonly TopRow[], screen: Screen | undefined): void {
  if (form === 'json') {
    print(io, JSON.stringify({ at: new Date().toISOString(), members: rows }));
    return;
  }
  const paint: Paint = paintFor(io.stdout, io.environment);
  const lines = [summaryLine(rows), '', ...tableLines(rows, paint)];
  if (screen !== undefined) screen.draw(lines);
  else for (const line of [...lines, '']) print(io, line);
}

/** Rejects as `Cluster.ask`, or with UnreadableAnswerError, if nobody says who is a member. */
async function read(cluster: Cluster, withinMs: number): Promise<Reading> {
  const deadlineMs = performance.now() + Math.max(withinMs, 1000);
  const { text } = await cluster.ask({ method: 'GET', path: '/v2/members', sharesTime: true }, deadlineMs);
  const members = await Promise.all(parseMembers(text).map((member) => readMember(cluster, member, deadlineMs)));
  const byName = (one: { name: string }, other: { name: string }): number => one.name.localeCompare(other.name);
  return { atMs: performance.now(), members: members.sort(byName) };
}

async function readMember(
  cluster: Cluster,
  { id, name, clientURLs }: ListedMember,
  deadlineMs: number,
): Promise<Reading['members'][number]> {
  for (const url of clientURLs.filter((each) => cluster.leadsTo(each))) {
    const answer = await cluster.askAt(url, { method: 'GET', path: '/metrics' }, deadlineMs).catch(() => undefined);
    if (answer?.status === 200) return { id, name, metrics: parseMetrics(answer.text) };
  }
  return { id, name, metrics: undefined };
}

function nobody({ members }: Reading): Reading {
  return {
    atMs: performance.now(),
    members: members.map(({ id, name }) => ({ id, name, metrics: undefined })),
  };
}
