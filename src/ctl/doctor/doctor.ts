/** `cairn doctor`: what is wrong with a cluster, and what to do about it. */
import { setTimeout as delay } from 'node:timers/promises';
import { runCommand } from '../arguments';
import { clientConnection, type Environment } from '../connection';
import { examine } from './examine';
import { judge, worstOf, type Finding } from './findings';
import { doctorRules } from './rules';
import { showFindings } from './showFindings';

/** An election, or a link that begins, is over by then: what passes by itself is not called wrong. */
const LOOK_AGAIN_AFTER_MS = 1_000;

/**
 * `cairn doctor [--url URL] [--timeout SECONDS] [--output text|json]`: asks every member of the cluster and says of each thing whether it is well,
 * and what to do where it is not; what looks wrong it looks at
 * twice. Exits with 0 if nothing is wrong, also if there are warnings, and with 1 if something is.
 */
export function doctor(args: readonly string[], environment: Environment = process.env): Promise<number> {
  return runCommand('doctor', args, async (values) => {
    const timeoutMs = values.number('timeout') * 1000;
    const output = values.choice('output', ['text', 'json']);
    // What is asked is open to everybody, so no password goes to the URLs that members name.
    const { url, dial } = await clientConnection(values, environment);
    const look = async (): Promise<readonly Finding[]> => judge(doctorRules, await examine({ url, dial, timeoutMs }));
    let findings = await look();
    if (worstOf(findings) === 'error') {
      await delay(LOOK_AGAIN_AFTER_MS);
      findings = await look();
    }
    showFindings(findings, output, environment);
    if (worstOf(findings) === 'error') throw new Error('something is wrong; see what is said above');
  });
}
