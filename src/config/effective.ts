import { certAuthOf } from './authorities';
import { parseBoolean } from './booleans';
import { shapeOf } from './options';
import type { Named } from './options';
import type { Spelling } from './options/types';
import { failure, success } from './result';
import type { Result } from './result';
import { place, restate } from './settings';
import type { Setting } from './settings';
import { enumerate } from './text';

/** What is left of everything that was written: one setting for each active option, and what the operator should know. */
export interface Effective {
  readonly settings: ReadonlyMap<string, Setting>;
  readonly warnings: readonly string[];
}

/**
 * Keeps the strongest setting of each option, turns older spellings into today's names and refuses what is not
 * available. Weaker settings are not looked at, as in etcd: what a flag overrides may be wrong.
 */
export function takeStrongest(settings: readonly Setting[]): Result<Effective> {
  const taken = new Map<string, Setting>();
  const decided = new Set<string>();
  const warnings: string[] = [];
  for (const setting of settings) {
    const { name, option } = setting.named;
    if (decided.has(name)) continue;
    const converted = convert(setting);
    if (!converted.ok) return failure(`${place(setting.origin)}: ${converted.message}`);
    if (converted.value === undefined) continue;
    decided.add(name);
    switch (option.status) {
      case 'active':
        taken.set(name, restate(setting, name, converted.value));
        break;
      case 'ignored':
        if (setting.text !== '')
          warnings.push(`${place(setting.origin)} is accepted and has no effect: ${option.because}`);
        break;
      case 'unavailable':
        if (!isHarmless(setting.named, option.harmless, setting.text)) {
          return failure(`${place(setting.origin)} is not available: ${option.because}`);
        }
        break;
      case 'command':
        break;
    }
  }
  return success({ settings: taken, warnings });
}

/** The text as today's option takes it; undefined if it sets nothing. */
function convert({ named, text }: Setting): Result<string | undefined> {
  const conversion = named.spelling?.convert;
  return typeof conversion === 'function' ? conversion(text) : success(text);
}

function isHarmless(named: Named, harmless: readonly string[], text: string): boolean {
  if (text === '' || harmless.includes(text)) return true;
  const asked = parseBoolean(text);
  return shapeOf(named) === 'switch' && asked.ok && !asked.value;
}

/** Tells which older spellings were used and what to write instead. */
export function warnOfOlderSpellings(settings: readonly Setting[]): string[] {
  const warnings = new Set<string>();
  for (const { named, origin } of settings) {
    if (named.spelling === undefined || named.option.status !== 'active') continue;
    const instead = todaysNames(named.name, named.spelling);
    const flags = enumerate(
      instead.map((name) => `--${name}`),
      'and',
    );
    warnings.add(`${place(origin)} is a name of etcd ${named.spelling.era}: better use ${flags}`);
  }
  return [...warnings];
}

function todaysNames(name: string, { convert: conversion }: Spelling): string[] {
  if (conversion === 'address') return addressOptions(name);
  return conversion === 'authorities' ? [name, certAuthOf(name)] : [name];
}

function addressOptions(name: string): string[] {
  return name.includes('peer')
    ? ['listen-peer-urls', 'initial-advertise-peer-urls']
    : ['listen-client-urls', 'advertise-client-urls'];
}
