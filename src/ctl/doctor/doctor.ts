/** `cairn doctor`: what is wrong with a cluster, and what to do about it. */
import { runCommand, sayJson, sayPainted } from '../arguments';
import { paintFor, type Colour, type Paint } from '../colours';
import { clientConnection, type Environment } from '../connection';
import { printable } from '../../client/json';
import { clusterRules } from './clusterRules';
import { examine } from './examine';
import { judge, worstOf, type Finding, type Severity } from './findings';
import { metricRules } from './metricRules';

const COLOURS = { ok: 'green', unknown: 'yellow', warning: 'yellow', error: 'red' } as const satisfies Record<
  Severity,
  Colour
>;
const SEVERITY_COLUMNS = 9;
const ABOUT_COLUMNS = 15;

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
    if (output === 'json') sayJson({ worst: worstOf(findings), findings });
    else {
      const paint = paintFor(process.stdout, environment);
      for (const line of findings.flatMap((finding) => linesOf(finding, paint))) sayPainted(line);
    }
    if (worstOf(findings) === 'error') throw new Error('something is wrong with the cluster; see what is said above');
  });
}

function linesOf({ severity, about, seen, advice }: Finding, paint: Paint): readonly string[] {
  const word = severity.padEnd(SEVERITY_COLUMNS);
  const lines = [`${paint(COLOURS[severity], word)}${about.padEnd(ABOUT_COLUMNS)}${printable(seen)}`];
  if (advice !== undefined) lines.push(`${' '.repeat(SEVERITY_COLUMNS + ABOUT_COLUMNS)}-> ${advice}`);
  return lines;
}
