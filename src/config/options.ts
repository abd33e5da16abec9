/**
 * The table of options. Parsing, help, checks, --print-config, the documentation and the chart's values are all made
 * from it; an option is called by the same name in each.
 */
import { clusteringOptions } from './options/clustering';
import { commandOptions } from './options/commands';
import { discoveryOptions } from './options/discovery';
import { discoveryServiceOptions } from './options/discoveryService';
import { ignoredOptions } from './options/ignored';
import { loggingOptions } from './options/logging';
import { memberOptions } from './options/member';
import { metricsOptions } from './options/metrics';
import { proxyOptions } from './options/proxy';
import { requestOptions } from './options/requests';
import { securityOptions } from './options/security';
import type { ActiveOption, Option, Shape, Spelling } from './options/types';
import { unavailableOptions } from './options/unavailable';

/** The options a configuration is made of, in the order in which help and documentation list them. */
export const activeOptions = {
  ...memberOptions,
  ...clusteringOptions,
  ...discoveryOptions,
  ...discoveryServiceOptions,
  ...proxyOptions,
  ...requestOptions,
  ...securityOptions,
  ...metricsOptions,
  ...loggingOptions,
} as const;

export type ActiveName = keyof typeof activeOptions;
export type CommandName = keyof typeof commandOptions;

const table: Readonly<Record<string, Option>> = {
  ...activeOptions,
  ...commandOptions,
  ...unavailableOptions,
  ...ignoredOptions,
};

/** A row with its name. */
export interface NamedOption {
  readonly name: string;
  readonly option: Option;
}

/** Every row, active ones first. */
export const allOptions: readonly NamedOption[] = Object.entries(table).map(([name, option]) => ({ name, option }));

/** The rows that make up a configuration. */
export const activeRows: readonly { readonly name: string; readonly option: ActiveOption }[] =
  Object.entries<ActiveOption>(activeOptions).map(([name, option]) => ({ name, option }));

/** What a flag, a variable or a file key names: an option, and the older spelling if it was one. */
export interface Named extends NamedOption {
  readonly spelling: Spelling | undefined;
}

const byFlag = new Map<string, Named>();
const byVariable = new Map<string, Named>();
for (const { name, option } of allOptions) {
  byFlag.set(name, { name, option, spelling: undefined });
  const variable = variableOf({ name, option });
  if (variable !== undefined) byVariable.set(variable, { name, option, spelling: undefined });
  for (const spelling of option.spellings ?? []) {
    byFlag.set(spelling.name, { name, option, spelling });
    if (spelling.env !== undefined) byVariable.set(spelling.env, { name, option, spelling });
  }
}

/** The option behind a flag (without dashes), which is also its key in a file. */
export function findFlag(flag: string): Named | undefined {
  return byFlag.get(flag);
}

/** The option behind an environment variable. */
export function findVariable(variable: string): Named | undefined {
  return byVariable.get(variable);
}

/** Every name a flag can have, older spellings included. */
export const flagNames: readonly string[] = [...byFlag.keys()];

/** Every environment variable that means something. */
export const variableNames: readonly string[] = [...byVariable.keys()];

/** ETCD_ and the name in capitals, as etcd 2.x derives it; commands have one only where the table says so. */
export function variableOf({ name, option }: NamedOption): string | undefined {
  return option.status === 'command' ? option.env : `ETCD_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** Whether the name may stand without a value on the command line. */
export function shapeOf({ option, spelling }: Named): Shape {
  if (spelling !== undefined) return spelling.shape;
  if (option.status === 'active') return option.kind.type === 'boolean' ? 'switch' : 'value';
  return option.shape;
}
