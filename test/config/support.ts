import type { Configuration } from '../../src/config/configuration';
import type { Environment } from '../../src/config/environment';
import { loadConfiguration } from '../../src/config/load';
import type { Outcome } from '../../src/config/load';

export const build = { version: '0.1.0', nodeVersion: 'v20.19.0', platform: 'linux/x64' };

export interface Written {
  readonly argv?: readonly string[];
  readonly env?: Environment;
  /** The text of /c.yaml; `--config-file=/c.yaml` is put before the other flags. */
  readonly file?: string;
}

export function load({ argv = [], env = {}, file }: Written): Outcome {
  const flags = file === undefined ? argv : ['--config-file=/c.yaml', ...argv];
  return loadConfiguration(flags, env, readerOf({ '/c.yaml': file }), build);
}

/** A file system with these files and nothing else. */
export function readerOf(files: Readonly<Record<string, string | undefined>>): (path: string) => string {
  return (path) => {
    const text = files[path];
    if (text === undefined) throw new Error(`ENOENT: no such file or directory, open '${path}'`);
    return text;
  };
}

export function run(written: Written): Extract<Outcome, { kind: 'run' }> {
  const outcome = load(written);
  if (outcome.kind !== 'run') throw new Error(`not to be run: ${JSON.stringify(outcome)}`);
  return outcome;
}

export function configurationOf(written: Written): Configuration {
  return run(written).configuration;
}

export function printed(written: Written): string {
  const outcome = load(written);
  if (outcome.kind !== 'print') throw new Error(`nothing to print: ${JSON.stringify(outcome)}`);
  return outcome.text;
}

export function messageOf(written: Written): string {
  const outcome = load(written);
  if (outcome.kind !== 'error') throw new Error(`no error: ${JSON.stringify(outcome)}`);
  return outcome.message;
}
