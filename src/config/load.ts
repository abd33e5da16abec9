import { resolveAddresses } from './addresses';
import { resolveAuthorities } from './authorities';
import { parseBoolean } from './booleans';
import { buildConfiguration } from './build';
import type { Built } from './build';
import { findConflict, findDoubts } from './checks';
import type { Configuration } from './configuration';
import { takeStrongest, warnOfOlderSpellings } from './effective';
import { readEnvironment } from './environment';
import type { Environment } from './environment';
import { parseFile } from './file';
import { parseFlags } from './flags';
import { helpText } from './help';
import type { CommandName } from './options';
import { printConfiguration } from './printConfiguration';
import { checkExcluded, settingsOf } from './presets';
import type { Preset } from './presets';
import { failure, success } from './result';
import type { Result } from './result';
import { byStrength, place } from './settings';
import type { Origin, Setting } from './settings';
import { oneLine, quote } from './text';
import { versionText } from './version';
import type { Build } from './version';

/** What the process is to do. */
export type Outcome =
  | {
      readonly kind: 'run';
      readonly configuration: Configuration;
      /** One line each, for the log. */
      readonly warnings: readonly string[];
      /** Where the value of each option came from, by the option's name. */
      readonly sources: ReadonlyMap<string, Origin>;
    }
  /** Print it to the standard output and exit with `exitCodes.ok`. Ends in a newline. */
  | { readonly kind: 'print'; readonly text: string }
  /** Print it to the standard error and exit with `exitCodes.badConfiguration`. One line without its newline. */
  | { readonly kind: 'error'; readonly message: string };

/**
 * Decides from the command line (without the program's name), the environment and the configuration file what to do.
 * Flags win over variables, variables over the file, the file over defaults. Touches nothing but its arguments;
 * `readFile` may throw, and nothing else gets out.
 *
 * @param preset of a command that runs a member with defaults of its own
 * @param columns how wide --help is to be; default: as where no terminal says it
 */
export function loadConfiguration(
  argv: readonly string[],
  environment: Environment,
  readFile: (path: string) => string,
  build: Build,
  preset?: Preset,
  columns?: number,
): Outcome {
  const flags = parseFlags(argv);
  if (!flags.ok) return fail(flags.message);
  const commands = readCommands(flags.value);
  if (!commands.ok) return fail(commands.message);
  if (commands.value.has('help')) return { kind: 'print', text: helpText(preset, columns) };
  if (commands.value.has('version')) return { kind: 'print', text: versionText(build) };

  const loaded = load(flags.value, environment, readFile, preset);
  if (!loaded.ok) return fail(loaded.message);
  const { built, warnings } = loaded.value;
  const { foundingConflict } = built.configuration;
  if (commands.value.has('print-config') && foundingConflict !== undefined) return fail(foundingConflict);
  if (commands.value.has('print-config')) return { kind: 'print', text: printConfiguration(built, warnings, build) };
  return {
    kind: 'run',
    configuration: built.configuration,
    warnings,
    sources: built.sources,
  };
}

/**
 * What the member on this machine is told by its environment and its file, for a command beside it. Options on its command line are not seen
 * here, so that what does not fit together is left to the member to refuse.
 */
export function loadBesides(environment: Environment, readFile: (path: string) => string): Result<Built> {
  const read = readAll([], environment, readFile, undefined);
  return read.ok ? success(read.value.built) : failure(oneLine(read.message));
}

function fail(message: string): Outcome {
  return { kind: 'error', message: oneLine(message) };
}

/** The commands that were asked for; the last flag of each decides. */
function readCommands(flags: readonly Setting[]): Result<ReadonlySet<CommandName>> {
  const asked = new Set<CommandName>();
  for (const command of ['help', 'version', 'print-config'] as const) {
    const last = flags.findLast(({ named }) => named.name === command);
    if (last === undefined) continue;
    const on = parseBoolean(last.text);
    if (!on.ok) return failure(`${place(last.origin)}: ${on.message}`);
    if (on.value) asked.add(command);
  }
  return success(asked);
}

interface Loaded {
  readonly built: Built;
  readonly warnings: readonly string[];
}

function load(...sources: Parameters<typeof readAll>): Result<Loaded> {
  const loaded = readAll(...sources);
  const conflict = loaded.ok ? findConflict(loaded.value.built) : undefined;
  return conflict === undefined ? loaded : failure(conflict);
}

/** Does not look at what must hold between options. */
function readAll(
  flags: readonly Setting[],
  variables: Environment,
  readFile: (path: string) => string,
  preset: Preset | undefined,
): Result<Loaded> {
  const environment = readEnvironment(variables);
  const file = readSettings(flags, environment.settings, readFile);
  if (!file.ok) return file;
  const written = byStrength({ flags, environment: environment.settings, file: file.value });
  const addressed = resolveAddresses(written);
  if (!addressed.ok) return addressed;
  const settings = resolveAuthorities(addressed.value);
  if (!settings.ok) return settings;
  const weakest = preset === undefined ? [] : settingsOf(preset);
  const effective = takeStrongest([...settings.value, ...weakest]);
  if (!effective.ok) return effective;
  const allowed = preset === undefined ? success(undefined) : checkExcluded(preset, effective.value.settings);
  if (!allowed.ok) return allowed;
  const built = buildConfiguration(effective.value.settings);
  if (!built.ok) return built;
  return success({
    built: built.value,
    warnings: [
      ...environment.warnings,
      ...warnOfOlderSpellings(written),
      ...effective.value.warnings,
      ...findDoubts(built.value),
    ].map(oneLine),
  });
}

/** The settings of the file that a flag or else a variable names. */
function readSettings(
  flags: readonly Setting[],
  environment: readonly Setting[],
  readFile: (path: string) => string,
): Result<readonly Setting[]> {
  const isConfigFile = ({ named }: Setting): boolean => named.name === 'config-file';
  const setting = flags.findLast(isConfigFile) ?? environment.find(isConfigFile);
  if (setting === undefined) return success([]);
  if (setting.text === '')
    return failure(`${place(setting.origin)} is empty; give the path of a YAML file or remove it`);
  let text: string;
  try {
    text = readFile(setting.text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'for no known reason';
    return failure(
      `${place(setting.origin)}: the file ${quote(setting.text)} cannot be read (${reason}); give the path of a YAML file`,
    );
  }
  return parseFile(setting.text, text);
}
