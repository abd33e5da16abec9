/** `/v2/stats/*`: what one member counts (spec v2-api section 8). No newline at the end. */
import type { Context } from 'koa';
import type { StoreStats } from '../../../machine/keyspace/stats';
import type { LatencyStatus, StatusSource, TrafficStatus } from '../../../member/types';
import { writeJson } from '../../http/answers';
import { jsonText } from '../../http/json';
import { durationText, timestampText } from '../../http/timeText';
import { raftStateName } from './raftState';

/** The order in which they are printed. */
const COUNTERS = [
  'getsSuccess',
  'getsFail',
  'setsSuccess',
  'setsFail',
  'deleteSuccess',
  'deleteFail',
  'updateSuccess',
  'updateFail',
  'createSuccess',
  'createFail',
  'compareAndSwapSuccess',
  'compareAndSwapFail',
  'compareAndDeleteSuccess',
  'compareAndDeleteFail',
  'expireCount',
  'watchers',
] as const satisfies readonly (keyof StoreStats)[];

/** What Go prints for a time that was never set. */
const ZERO_TIME = '0001-01-01T00:00:00Z';

export function serveStoreStats(context: Context, member: StatusSource): void {
  const stats = member.storeStats();
  writeJson(context.res, 200, `{${COUNTERS.map((name) => `"${name}":${stats[name]}`).join(',')}}`);
}

export function serveSelfStats(context: Context, member: StatusSource, nowMs: number): void {
  writeJson(context.res, 200, selfStatsJson(member, nowMs));
}

/** Counts of the leader about its followers; 403 on any other member. */
export function serveLeaderStats(context: Context, member: StatusSource): void {
  const status = member.status();
  if (status.raft.role === 'leader') {
    const followers = [...status.followers].sort((one, other) => (one.id < other.id ? -1 : 1)).map(followerJson);
    writeJson(context.res, 200, `{"leader":"${member.id}","followers":{${followers.join(',')}}}`);
  } else {
    writeJson(context.res, 403, '{"message":"not current leader"}');
  }
}

/** @param nowMs what the leader's uptime is counted to */
export function selfStatsJson(member: StatusSource, nowMs: number): string {
  const { raft, startedAtMs, leader, traffic } = member.status();
  const leaderId = leader?.id ?? '';
  const uptime = durationText(leader === undefined ? 0 : nowMs - leader.sinceMs);
  const leaderStart = leader === undefined ? ZERO_TIME : timestampText(leader.sinceMs);
  return (
    `{"name":${jsonText(member.name)},"id":"${member.id}","state":"${raftStateName(raft.role)}",` +
    `"startTime":"${timestampText(startedAtMs)}",` +
    `"leaderInfo":{"leader":"${leaderId}","uptime":"${uptime}","startTime":"${leaderStart}"},${trafficJson(traffic)}}`
  );
}

/** Rates are left out while they are 0. */
function trafficJson(traffic: TrafficStatus): string {
  const fields: readonly (readonly [keyof TrafficStatus, boolean])[] = [
    ['recvAppendRequestCnt', true],
    ['recvPkgRate', false],
    ['recvBandwidthRate', false],
    ['sendAppendRequestCnt', true],
    ['sendPkgRate', false],
    ['sendBandwidthRate', false],
  ];
  return fields
    .filter(([name, always]) => always || traffic[name] !== 0)
    .map(([name]) => `"${name}":${traffic[name]}`)
    .join(',');
}

function followerJson(follower: LatencyStatus): string {
  const { currentMs, averageMs, standardDeviationMs, minimumMs, maximumMs, failCount, successCount } = follower;
  return (
    `"${follower.id}":{"latency":{"current":${currentMs},"average":${averageMs},` +
    `"standardDeviation":${standardDeviationMs},"minimum":${minimumMs},"maximum":${maximumMs}},` +
    `"counts":{"fail":${failCount},"success":${successCount}}}`
  );
}
