import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { JobResult, SteadyJob } from '../client/jobs';
import { VALUE_BYTES } from '../client/requests';
import { endWithBenchmark } from '../servers/scratch';

const SCRIPT = join(__dirname, '../lua/requests.lua');
const GRACE_MS = 30_000;

const { stdout, error } = spawnSync('wrk', ['-v'], { encoding: 'utf8' });
const version = error === undefined ? /^wrk \S+/.exec(stdout)?.[0] : undefined;

/** Name and version as `wrk -v` prints them; undefined if wrk is not installed. */
export function wrkVersion(): string | undefined {
  return version;
}

/** The job with wrk: one thread, which needs far less of a processor than any server here. */
export async function runWrk(job: SteadyJob): Promise<JobResult> {
  const child = spawn(
    'wrk',
    [
      ...['--threads', '1', '--connections', `${job.connections}`, '--duration', `${job.seconds}s`, '--timeout', '10s'],
      ...['--script', SCRIPT, `http://127.0.0.1:${job.port}`, '--', job.kind],
      ...[`${job.keys}`, `${job.valueBytes ?? VALUE_BYTES}`],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], timeout: job.seconds * 1000 + GRACE_MS },
  );
  endWithBenchmark(child);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  await new Promise((resolve) => child.once('close', resolve));
  const last = output.trimEnd().split('\n').at(-1) ?? '';
  if (!last.startsWith('{')) throw new Error(`wrk gave no result:\n${output}`);
  return JSON.parse(last) as JobResult;
}
