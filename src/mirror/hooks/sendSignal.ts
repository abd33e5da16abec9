/** Sends a signal to the process whose number is in a file. */
import { codeOf } from '../../platform/errorCode';
import { reasonOf } from '../../platform/networkError';
import { NobodyThere, type HookFailure } from './hook';
import { maySignal, readPidFile, type NamedProcess, type Owners } from './pidFile';

/**
 * As root it sends none for others that they could not send themselves: whoever owns the file, or a directory or link on the way to it, may
 * have chosen the process.
 *
 * @param ownUid of the effective user; undefined where there are none
 */
export async function sendSignal(
  signal: NodeJS.Signals,
  pidFile: string,
  ownUid = process.geteuid?.(),
): Promise<HookFailure | NobodyThere> {
  let named: NamedProcess;
  try {
    named = await readPidFile(pidFile, ownUid === 0);
  } catch (error) {
    const reason = `was not sent: ${pidFile} cannot be read: ${reasonOf(error)}`;
    return codeOf(error) === 'ENOENT' ? new NobodyThere(reason) : reason;
  }
  const { pid, owners } = named;
  // It may be empty for the moment between its being made and its being written.
  if (pid === undefined) return new NobodyThere(`was not sent: ${pidFile} does not hold the number of a process`);
  if (pid === process.pid) return `was not sent: ${pidFile} names this process`;
  try {
    process.kill(pid, 0);
    const refusal = ownUid === 0 ? await whyNotForThem(owners, pid) : undefined;
    if (refusal !== undefined) return `was not sent: ${refusal}`;
    process.kill(pid, signal);
    return undefined;
  } catch (error) {
    return codeOf(error) === 'ESRCH'
      ? new NobodyThere(`was not sent: there is no process ${pid}`)
      : `was not sent to process ${pid}: ${reasonOf(error)}`;
  }
}

/** Undefined: each of them could send it himself. */
async function whyNotForThem(owners: Owners, pid: number): Promise<string | undefined> {
  for (const [uid, path] of owners) {
    if (uid === 0 || (await maySignal(uid, pid))) continue;
    return `${path} belongs to user ${uid}, and process ${pid} to another; let it belong to root, or to who runs that process`;
  }
  return undefined;
}
