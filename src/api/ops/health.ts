/** `/health`, `/livez` and `/readyz`: what load balancers and orchestrators ask. */
import type { Context } from 'koa';
import type { KeyReader, StatusSource } from '../../member/types';
import type { Drain } from '../drain';
import { writeErrorText, writePlainText } from '../http/answers';
import type { ApiObserver } from '../observer';

/** How long a member may take to prove that it reaches a quorum. */
const BARRIER_TIMEOUT_MS = 1000;

const HEALTHY = '{"health": "true"}';
const UNHEALTHY = '{"health": "false"}';
const IN_DOUBT = '{"health": "false", "reason": "the states of the members differ and none has a majority"}';
/** As etcd says it. */
const FULL = '{"health": "false", "reason": "ALARM NOSPACE"}';

/**
 * 200 while the member can serve a linearizable read; 503 without a leader, when that takes too long, when the members' states are in
 * doubt, or while the store is full.
 */
export async function serveHealth(
  context: Context,
  member: KeyReader & StatusSource,
  observer: ApiObserver,
): Promise<void> {
  const { leader, stateInDoubt, quota } = member.status();
  const hasAlarm = stateInDoubt || quota.alarm;
  const isHealthy = !hasAlarm && leader !== undefined && (await passesBarrier(member, BARRIER_TIMEOUT_MS));
  observer.healthChecked(isHealthy);
  if (isHealthy) writePlainText(context.res, 200, HEALTHY);
  else writeErrorText(context.res, 503, stateInDoubt ? IN_DOUBT : quota.alarm ? FULL : UNHEALTHY);
}

async function passesBarrier(member: KeyReader, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => {
      resolve(false);
    }, timeoutMs);
  });
  const barrier = member.readBarrier().then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([barrier, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** Always 200: a process that answers is alive. Restarting one that has no quorum would not help it. */
export function serveLive(context: Context): void {
  writePlainText(context.res, 200, '{"live": "true"}');
}

/** 200 when the member may be sent traffic, else 503 with the reason. */
export function serveReady(context: Context, member: StatusSource, drain?: Drain): void {
  const { ready, stopping } = member.status();
  const isDrained = drain?.isOn === true;
  if (ready && !isDrained) {
    writePlainText(context.res, 200, '{"ready": "true"}');
    return;
  }
  const reason = stopping
    ? 'the member is stopping'
    : isDrained
      ? 'the member is drained'
      : 'the member has no leader, has not yet applied what was committed when it started, or does not vote yet';
  writeErrorText(context.res, 503, `{"ready": "false", "reason": "${reason}"}`);
}
