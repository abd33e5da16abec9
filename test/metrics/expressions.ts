/** The expressions of our files, and what tests make of them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { JOB } from './prometheusProcess';

const DEPLOY = join(__dirname, '..', '..', 'deploy');

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  for?: string;
}

interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: (AlertRule & { readonly record?: string })[] }[];
}

export interface Panel {
  readonly title: string;
  readonly type: string;
  readonly unit: string;
  readonly queries: readonly { readonly expr: string; readonly legend: string }[];
}

function ruleFile(name: string): RuleFile {
  return parse(readFileSync(join(DEPLOY, 'prometheus', name), 'utf8'));
}

export function alertRules(): readonly AlertRule[] {
  return ruleFile('alerts.yml').groups.flatMap(({ rules }) => rules);
}

export function recordingExpressions(): readonly string[] {
  return ruleFile('recording.yml').groups.flatMap(({ rules }) => rules.map(({ expr }) => expr));
}

/** A rule file whose windows are shorter, see `quicker`, and whose alerts fire after a second. Thresholds stay. */
export function quickRules(name: string): string {
  const file = ruleFile(name);
  const groups = file.groups.map((group) => ({
    ...group,
    rules: group.rules.map((rule) => ({
      ...rule,
      expr: quicker(rule.expr),
      ...(rule.for === undefined ? {} : { for: '1s' }),
    })),
  }));
  return JSON.stringify({ groups });
}

/** Windows in which a minute is a second and an hour a minute. */
export function quicker(expression: string): string {
  const shorter: Readonly<Record<string, string>> = { h: 'm', m: 's' };
  return expression.replaceAll(/\[(\d+)([hm])(?::(\d+)m)?\]/g, (_, count: string, unit: string, step?: string) => {
    return `[${count}${shorter[unit] ?? unit}${step === undefined ? '' : `:${step}s`}]`;
  });
}

/** An alert's expression up to its last comparison outside parentheses: what is measured, whether it is too much or not, there or absent. */
export function measured(alert: string): string {
  const expression = alert.replace(/^absent\((.*)\)$/, '$1');
  let depth = 0;
  let end = expression.length;
  for (const { 0: token, index } of expression.matchAll(
    /"(?:[^"\\]|\\.)*"|[()[\]{}]|\s(?:>=|<=|==|!=|>|<)\s|\sand\s/g,
  )) {
    if ('([{'.includes(token)) depth++;
    else if (')]}'.includes(token)) depth--;
    else if (depth === 0 && !token.startsWith('"')) {
      end = index;
      break;
    }
  }
  return expression.slice(0, end);
}

/** The panels of the dashboard, with the variables that Grafana would fill in. */
export function panels(rateInterval: string): readonly Panel[] {
  const dashboard = JSON.parse(readFileSync(join(DEPLOY, 'grafana', 'cairn.json'), 'utf8'));
  const withQueries: {
    title: string;
    type: string;
    targets?: { expr: string; legendFormat: string }[];
    fieldConfig?: { defaults: { unit: string } };
  }[] = dashboard.panels;
  return withQueries
    .filter(({ type }) => type !== 'row')
    .map(({ title, type, targets = [], fieldConfig }) => ({
      title,
      type,
      unit: fieldConfig?.defaults.unit ?? '',
      queries: targets.map(({ expr, legendFormat }) => ({
        expr: expr.replaceAll('$job', JOB).replaceAll('$__rate_interval', rateInterval),
        legend: legendFormat,
      })),
    }));
}
