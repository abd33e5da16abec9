/** What a command that runs a member changes of the table of options. */
import type { ActiveName } from './options';
import { findFlag } from './options';
import { failure, success } from './result';
import type { Result } from './result';
import { place } from './settings';
import type { Setting } from './settings';

/** A command's own defaults, weaker than anything that is written, and the options that do not go with it. */
export interface Preset {
  readonly command: string;
  /** What it does, for --help. */
  readonly help: string;
  readonly defaults: Readonly<Partial<Record<ActiveName, string>>>;
  readonly excluded: readonly string[];
  /** Options that have no effect without those; help leaves them out as well. */
  readonly pointless: readonly ActiveName[];
}

/** The port that etcd's own discovery service has by default. */
const DISCOVERY_URL = 'http://localhost:8087';

/**
 * `cairn discovery` runs beside a member on the same machine, and alone: nobody has to reach its peer port, so it takes any
 * that is free.
 */
export const discoveryPreset: Preset = {
  command: 'cairn discovery',
  help:
    'Runs a discovery service and nothing else: members of new clusters find each other through it. It is a member of a cluster of ' +
    'its own, with the options of a member.',
  defaults: {
    name: 'discovery',
    'listen-client-urls': DISCOVERY_URL,
    'advertise-client-urls': DISCOVERY_URL,
    'listen-peer-urls': 'http://127.0.0.1:0',
  },
  excluded: ['discovery', 'discovery-srv', 'proxy'],
  pointless: [
    'discovery-protocol',
    'discovery-fallback',
    'discovery-cacert',
    'discovery-cert',
    'discovery-key',
    'discovery-srv-name',
    'proxy-failure-wait',
    'proxy-refresh-interval',
    'proxy-dial-timeout',
  ],
};

/** The defaults as settings. */
export function settingsOf({ command, defaults }: Preset): Setting[] {
  return Object.entries(defaults).map(([name, text]) => {
    const named = findFlag(name);
    if (named === undefined) throw new Error(`there is no option ${name}`);
    return { named, text, origin: { source: 'command', command } };
  });
}

/** A failure if something was written that the command cannot do. */
export function checkExcluded(
  { command, excluded }: Preset,
  settings: ReadonlyMap<string, Setting>,
): Result<undefined> {
  for (const name of excluded) {
    const setting = settings.get(name);
    if (setting === undefined || setting.text === '' || setting.text === 'off') continue;
    return failure(`${place(setting.origin)} does not go with ${command}, which is what others look for; remove it`);
  }
  return success(undefined);
}
