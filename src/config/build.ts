import { foundingConflictOf, parseInitialCluster } from './cluster';
import type { InitialCluster } from './cluster';
import { propertyOf } from './configuration';
import type { Configuration } from './configuration';
import { activeRows } from './options';
import type { ActiveOption } from './options/types';
import { shownToken } from '../platform/shownToken';
import { failure, success } from './result';
import type { Result } from './result';
import { listItems, quote } from './text';
import { place } from './settings';
import type { Origin, Setting } from './settings';
import { parseValue } from './values';
import type { PlainValue } from './values';

/** A configuration with the text and the origin of each of its options, both by the options' names. */
export interface Built {
  readonly configuration: Configuration;
  readonly texts: ReadonlyMap<string, string>;
  readonly sources: ReadonlyMap<string, Origin>;
}

type Properties = Record<string, PlainValue | InitialCluster>;

/** Fills in the defaults and parses every option. */
export function buildConfiguration(settings: ReadonlyMap<string, Setting>): Result<Built> {
  const texts = new Map<string, string>();
  const sources = new Map<string, Origin>();
  const properties: Properties = {};
  for (const { name } of activeRows) {
    texts.set(name, textOf(name, settings));
    sources.set(name, writtenFor(name, settings)?.origin ?? { source: 'default' });
  }
  for (const { name, option } of activeRows) {
    const text = texts.get(name) ?? '';
    const value = option.kind.type === 'cluster' ? parseInitialCluster(text) : parseValue(option.kind, text);
    if (!value.ok) return failure(`${placeOf(name, settings)}: ${withoutSecrets(value.message, option, text)}`);
    properties[propertyOf(name, option.kind)] = value.value;
  }
  return success({ configuration: withConflict(typed(properties), settings), texts, sources });
}

/** The message without tokens in what was written, where the table says that the option is a secret. */
function withoutSecrets(message: string, { secret }: ActiveOption, text: string): string {
  if (secret !== true) return message;
  const hidden = (shown: string, each: string): string => shown.replaceAll(quote(each), quote(withoutTokens(each)));
  return [text, ...listItems(text)].reduce(hidden, message);
}

/** Behind the host whatever is longer than the words of a path, `registry` for one, may be a token. */
function withoutTokens(text: string): string {
  const [origin = ''] = /^[a-z]+:\/\/[^/?#]*/i.exec(text) ?? [];
  return origin + text.slice(origin.length).replaceAll(/[\w-]{9,}/g, shownToken);
}

/** The compiler cannot follow a loop over the table; that every row gave its property is what the loop is for. */
function typed(properties: Properties): Configuration {
  return properties as Configuration;
}

function withConflict(configuration: Configuration, settings: ReadonlyMap<string, Setting>): Configuration {
  const { proxy, initialCluster, name, initialAdvertisePeerUrls: peerUrls } = configuration;
  // A proxy is none of the members it is told of.
  const conflict = proxy === 'off' ? foundingConflictOf(initialCluster, { name, peerUrls }) : undefined;
  if (conflict === undefined) return configuration;
  return { ...configuration, foundingConflict: `${placeOf('initial-cluster', settings)}: ${conflict}` };
}

const rows = new Map<string, ActiveOption>(activeRows.map(({ name, option }) => [name, option]));

function textOf(name: string, settings: ReadonlyMap<string, Setting>): string {
  const written = writtenFor(name, settings);
  if (written !== undefined) return written.text;
  const byDefault = rows.get(name)?.default ?? '';
  return typeof byDefault === 'string' ? byDefault : byDefault.derive((other) => textOf(other, settings));
}

/** What was written for an option; the empty text of one that follows others asks for its default, as in etcd. */
function writtenFor(name: string, settings: ReadonlyMap<string, Setting>): Setting | undefined {
  const setting = settings.get(name);
  const followsOthers = typeof rows.get(name)?.default === 'object';
  return setting?.text === '' && followsOthers ? undefined : setting;
}

function placeOf(name: string, settings: ReadonlyMap<string, Setting>): string {
  const setting = writtenFor(name, settings);
  return setting === undefined ? `--${name}` : place(setting.origin);
}

/** Whether somebody wrote the option, and not an empty text. */
export function isWritten(built: Built, name: string): boolean {
  return built.sources.get(name)?.source !== 'default' && built.texts.get(name) !== '';
}

/** The option as the operator wrote it, or marked as a default. */
export function named(built: Built, name: string): string {
  const origin = built.sources.get(name) ?? { source: 'default' };
  return origin.source === 'default' ? `the default --${name}` : place(origin);
}
