import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface TranscriptStep {
  /** As it is typed. */
  readonly command: string;
  /** What stands below it. */
  readonly output: string;
}

/** The steps of all `console` blocks of a page: a line that begins with `$ ` is typed, what follows is its output. */
export function transcriptOf(path: string): readonly TranscriptStep[] {
  const blocks = [...readFileSync(path, 'utf8').matchAll(/^```console\n([^]*?)^```$/gm)].map(([, block = '']) => block);
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((step) => {
        const [command = '', ...output] = step.split('\n');
        return { command, output: output.join('\n').trim() };
      }),
  );
}

/** What the command really prints, typed as it is. `CURL_HOME` names the folder of a `.curlrc`. */
export function outputOf(command: string, curlHome: string): string {
  const { stdout } = spawnSync('sh', ['-c', command], {
    encoding: 'utf8',
    env: { ...process.env, CURL_HOME: curlHome },
    timeout: 20_000,
  });
  return stdout.trim();
}

export function whyNoCurl(): string | undefined {
  return spawnSync('curl', ['--version']).status === 0 ? undefined : 'curl is not installed';
}
