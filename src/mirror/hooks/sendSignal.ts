/** Sends a signal to the process whose number is in a file. */
import { codeOf } from '../../platform/errorCode';
import { reasonOf } from '../../platform/networkError';
import { readPlainFile } from '../../platform/plainFile';
import type { HookFailure } from './hook';

const PID = /^\s*(\d{1,10})\s*$/;

export async function sendSignal(signal: NodeJS.Signals, pidFile: string): Promise<HookFailure> {
  let text: string;
  try {
    text = await readPlainFile(pidFile);
  } catch (error) {
    return `was not sent: ${pidFile} cannot be read: ${reasonOf(error)}`;
  }
  const pid = Number(PID.exec(text)?.[1] ?? 0);
  // 0 would be all of this process's group.
  if (pid === 0) return `was not sent: ${pidFile} does not hold the number of a process`;
  if (pid === process.pid) return `was not sent: ${pidFile} names this process`;
  try {
    process.kill(pid, signal);
    return undefined;
  } catch (error) {
    return codeOf(error) === 'ESRCH'
      ? `was not sent: there is no process ${pid}`
      : `was not sent to process ${pid}: ${reasonOf(error)}`;
  }
}
