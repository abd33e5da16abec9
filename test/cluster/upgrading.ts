/** What tests of rolling upgrades share. */
import type { ClusterMember } from './clusterMember';
import { until } from './waiting';

const PROGRAM_TOO_OLD = 10;
const READY_WITHIN_MS = 30_000;

/** Resolves when the member may be sent traffic; rejects if it ends instead. */
export function ready(member: ClusterMember): Promise<unknown> {
  return until(`${member.name} is ready`, READY_WITHIN_MS, async () => {
    if (!member.isRunning) throw new Error(`it ended:\n${member.logs().slice(-2000)}`);
    return (await member.get('/readyz', 2000)).status === 200 || undefined;
  });
}

/** The lines with which the processes of a member said that they cannot go on. */
export function fatalLines(member: ClusterMember): string[] {
  return member
    .logs()
    .split('\n')
    .filter((text) => /fatal/i.test(text));
}

/** It ends by itself with the documented code, after one line that says why and what to do. */
export async function endsTooOld(member: ClusterMember, line: RegExp): Promise<void> {
  const inTime = new Promise<string>((resolve) => setTimeout(() => resolve('it runs on'), READY_WITHIN_MS).unref());
  expect(await Promise.race([member.exited, inTime])).toEqual({ code: PROGRAM_TOO_OLD, signal: null });
  expect(fatalLines(member)).toEqual([expect.stringMatching(line)]);
}
