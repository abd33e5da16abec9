/** `cairn check security`: what an outsider could do to a cluster, as far as an outsider can see. */
import type { CommandArguments } from '../arguments';
import { clientConnection, givenPair, type Environment } from '../connection';
import { judge, worstOf } from '../doctor/findings';
import { showFindings } from '../doctor/showFindings';
import { examine } from './examine';
import { NOT_SEEN, securityRules } from './securityRules';

/** Changes nothing. Rejects with an Error if anything fails. */
export async function checkSecurity(values: CommandArguments, environment: Environment): Promise<void> {
  const output = values.choice('output', ['text', 'json']);
  const timeoutMs = values.number('timeout') * 1000;
  const facts = await examine(
    { ...(await clientConnection(values, environment)), timeoutMs },
    await givenPair(values, environment),
  );
  const findings = [...judge(securityRules, facts), NOT_SEEN];
  showFindings(findings, output, environment);
  if (worstOf(findings) === 'error') throw new Error('the cluster is open to others; see what is said above');
}
