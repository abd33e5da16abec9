/** `cairn doctor`: what is wrong with a cluster, and what to do about it. */
import { runCommand } from '../arguments';
import { clientConnection, type Environment } from '../connection';
import { clusterRules } from './clusterRules';
import { examine } from './examine';
import { judge, worstOf } from './findings';
import { metricRules } from './metricRules';
import { showFindings } from './showFindings';

/**
 * `cairn doctor [--url URL] [--timeout SECONDS] [--output text|json]`: asks every member of the cluster and says of each thing whether it is well,
 * and what to do where it is not. Exits with 0 if nothing is wrong, also if there are warnings, and with 1 if something is.
 */
export function doctor(args: readonly string[], environment: Environment = process.env): Promise<number> {
  return runCommand('doctor', args, async (values) => {
    const timeoutMs = values.number('timeout') * 1000;
    const output = values.choice('output', ['text', 'json']);
    // What is asked is open to everybody, so no password goes to the URLs that members name.
    const { url, dial } = await clientConnection(values, environment);
    const cluster = await examine({ url, dial, timeoutMs });
    const findings = judge([...clusterRules, ...metricRules], cluster);
    showFindings(findings, output, environment);
    if (worstOf(findings) === 'error') throw new Error('something is wrong with the cluster; see what is said above');
  });
}
