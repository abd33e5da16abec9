/** The Dockerfile as a list of instructions; just enough of its grammar for the rules that are checked here. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(__dirname, '../..');

export interface Instruction {
  /** The name after AS of the stage it belongs to, empty for the last one; `undefined` before the first FROM. */
  readonly stage: string | undefined;
  /** Upper case. */
  readonly keyword: string;
  /** Its lines joined by blanks. */
  readonly text: string;
}

export function readDockerfile(): Instruction[] {
  const lines = readFileSync(join(ROOT, 'Dockerfile'), 'utf8').split('\n');
  const whole = lines
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .replace(/\\\n\s*/g, ' ');
  let stage: string | undefined;
  return whole.split('\n').flatMap((line) => {
    const [, keyword, text] = /^([A-Z]+)\s+(.*)$/.exec(line.trim()) ?? [];
    if (keyword === undefined || text === undefined) return [];
    if (keyword === 'FROM') stage = / AS (\S+)$/.exec(text)?.[1] ?? '';
    return [{ stage, keyword, text: text.trim() }];
  });
}

/** What the image sets in the environment of a container. */
export function imageEnvironment(): Record<string, string> {
  const texts = readDockerfile().flatMap(({ stage, keyword, text }) =>
    stage === '' && keyword === 'ENV' ? [text] : [],
  );
  return Object.fromEntries(
    texts.flatMap((text) =>
      text.split(/\s+/).map((pair): [string, string] => {
        const at = pair.indexOf('=');
        return [pair.slice(0, at), pair.slice(at + 1)];
      }),
    ),
  );
}
