import { parseArgs } from 'node:util';
import { fullPlan, quickPlan } from './plan';
import type { Plan } from './plan';

/** What the command line asks for. */
export interface Options {
  readonly plan: Plan;
  /** Names of groups; undefined: all. */
  readonly groups: readonly string[] | undefined;
  /** Where the results go as JSON. */
  readonly jsonFile: string | undefined;
  /** Results of an earlier run to show instead of measuring. */
  readonly fromFile: string | undefined;
  readonly writeDocs: boolean;
  /** The line of Node that Cairn runs on, such as 24; undefined: the Node that runs this. */
  readonly node: string | undefined;
}

const ROUNDS_MAX = 100;
const SECONDS_MAX = 600;
const NODE_LINES = ['20', '22', '24'];

/** @throws Error with a sentence for the user if an option is unknown or out of range */
export function parseOptions(args: readonly string[], groupNames: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rows: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      from: { type: 'string' },
      'write-docs': { type: 'boolean', default: false },
      node: { type: 'string' },
    },
  });
  const plan = values.quick ? quickPlan : fullPlan;
  return {
    plan: {
      ...plan,
      rounds: wholeNumber('rounds', values.rounds, ROUNDS_MAX) ?? plan.rounds,
      seconds: wholeNumber('seconds', values.seconds, SECONDS_MAX) ?? plan.seconds,
    },
    groups: values.rows === undefined ? undefined : chosen(values.rows, groupNames),
    jsonFile: values.json,
    fromFile: values.from,
    writeDocs: values['write-docs'],
    node: values.node === undefined ? undefined : supportedLine(values.node),
  };
}

function supportedLine(text: string): string {
  if (!NODE_LINES.includes(text)) throw new Error(`--node takes ${NODE_LINES.join(', ')}, not "${text}"`);
  return text;
}

function wholeNumber(name: string, text: string | undefined, maximum: number): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > maximum) {
    throw new Error(`--${name} takes a whole number from 1 to ${maximum}, not "${text}"`);
  }
  return number;
}

function chosen(text: string, groupNames: readonly string[]): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !groupNames.includes(name));
  if (unknown !== undefined) throw new Error(`--rows: there is no "${unknown}"; there are ${groupNames.join(', ')}`);
  return names;
}
