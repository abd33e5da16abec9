/** Findings for people, or for programs. */
import { printable } from '../../client/json';
import { sayJson, sayPainted } from '../arguments';
import { paintFor, type Colour, type Paint } from '../colours';
import type { Environment } from '../connection';
import { worstOf, type Finding, type Severity } from './findings';

const COLOURS = { ok: 'green', unknown: 'yellow', warning: 'yellow', error: 'red' } as const satisfies Record<
  Severity,
  Colour
>;
const SEVERITY_COLUMNS = 9;
const ABOUT_COLUMNS = 15;

export function showFindings(findings: readonly Finding[], output: 'text' | 'json', environment: Environment): void {
  if (output === 'json') {
    sayJson({ worst: worstOf(findings), findings });
    return;
  }
  const paint = paintFor(process.stdout, environment);
  for (const line of findings.flatMap((finding) => linesOf(finding, paint))) sayPainted(line);
}

function linesOf({ severity, about, seen, advice }: Finding, paint: Paint): readonly string[] {
  const word = severity.padEnd(SEVERITY_COLUMNS);
  const lines = [`${paint(COLOURS[severity], word)}${about.padEnd(ABOUT_COLUMNS)}${printable(seen)}`];
  if (advice !== undefined) lines.push(`${' '.repeat(SEVERITY_COLUMNS + ABOUT_COLUMNS)}-> ${advice}`);
  return lines;
}
