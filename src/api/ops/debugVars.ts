/** `/debug/vars`: one JSON object with a variable a line, as Go's expvar prints it. */
import { readFileSync } from 'node:fs';
import type { Context } from 'koa';
import type { RootGrant } from '../auth/guard';
import type { MemberStatus, StatusSource } from '../../member/types';
import { writeText } from '../http/answers';
import { jsonText } from '../http/json';
import { raftStateName } from '../v2/stats/raftState';

type RaftStatus = MemberStatus['raft'];

const PROGRESS_STATES = { probe: 'StateProbe', replicate: 'StateReplicate', snapshot: 'StateSnapshot' } as const;

/** @param commandLine without its secrets */
export function serveDebugVars(
  context: Context,
  grant: RootGrant,
  member: StatusSource,
  commandLine: readonly string[],
): void {
  const variables = [
    `"cmdline": [${commandLine.map(jsonText).join(',')}]`,
    `"file_descriptor_limit": ${fileDescriptorLimit()}`,
    `"memstats": ${memoryJson()}`,
    `"raft.status": ${raftStatusJson(grant.use(member).status().raft)}`,
  ];
  writeText(context.res, 200, 'application/json; charset=utf-8', `{\n${variables.join(',\n')}\n}\n`);
}

/** Ids are strings; the id 0 stands for none. */
export function raftStatusJson(status: RaftStatus): string {
  const progress = status.progress.map(progressJson).join(',');
  return (
    `{"id":"${status.id}","term":${status.term},"vote":"${status.votedFor ?? '0'}","commit":${status.commit},` +
    `"lead":"${status.leader ?? '0'}","raftState":"${raftStateName(status.role)}","applied":${status.applied},` +
    `"progress":{${progress}}}`
  );
}

function progressJson(progress: RaftStatus['progress'][number]): string {
  const state = PROGRESS_STATES[progress.state];
  return `"${progress.id}":{"match":${progress.matchIndex},"next":${progress.nextIndex},"state":"${state}"}`;
}

/** Under the names that dashboards for etcd read, as far as this runtime has the number. */
function memoryJson(): string {
  const { rss, heapTotal, heapUsed, external } = process.memoryUsage();
  return `{"Alloc":${heapUsed},"Sys":${rss},"HeapAlloc":${heapUsed},"HeapSys":${heapTotal},"OtherSys":${external}}`;
}

/** 0 where the system does not say. */
function fileDescriptorLimit(): number {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
    return Number(limit?.[1] ?? 0);
  } catch {
    return 0;
  }
}
