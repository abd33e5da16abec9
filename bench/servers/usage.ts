import { readFileSync } from 'node:fs';

/** USER_HZ, the unit of times in /proc: 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** User and system time that these processes have used so far, in seconds (resolution 10 ms). */
export function cpuSeconds(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + cpuTicks(readFileSync(`/proc/${pid}/stat`, 'latin1')), 0) / TICKS_PER_SECOND;
}

/** Resident memory of these processes together, in bytes. */
export function residentBytes(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + residentOf(readFileSync(`/proc/${pid}/status`, 'latin1')), 0);
}

export function residentMib(pids: readonly number[]): number {
  return residentBytes(pids) / 1024 ** 2;
}

/** utime and stime of a line of /proc/PID/stat; the second field is a name that may hold spaces and brackets. */
export function cpuTicks(line: string): number {
  const afterName = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return Number(afterName[11]) + Number(afterName[12]);
}

/** VmRSS of /proc/PID/status in bytes. */
export function residentOf(status: string): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kib === undefined) throw new Error('no VmRSS in /proc/PID/status: the process has ended');
  return Number(kib) * 1024;
}
