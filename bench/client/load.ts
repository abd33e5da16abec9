import { closedLoop } from './closedLoop';
import type { JobResult, LoadJob } from './jobs';
import { keyPath, putRequest } from './requests';

/** Writes keys 0 to `count` - 1 of the space. With `endAtMs` each gets the time to live that is left until then. */
export async function load(job: LoadJob): Promise<JobResult> {
  let index = 0;
  let lastEndAtMs = 0;
  const next = (): string | undefined => {
    if (index === job.count) return undefined;
    const path = keyPath(job.space, index++);
    if (job.endAtMs === undefined) return putRequest(path, undefined, job.valueBytes);
    const nowMs = Date.now();
    // Rounded up, so that the end lies within the second that begins at endAtMs.
    const ttlSeconds = Math.max(1, Math.ceil((job.endAtMs - nowMs) / 1000));
    lastEndAtMs = Math.max(lastEndAtMs, nowMs + ttlSeconds * 1000);
    return putRequest(path, ttlSeconds, job.valueBytes);
  };
  const result = await closedLoop(job.port, job.connections, job.limitSeconds, next);
  return job.endAtMs === undefined ? result : { ...result, lastEndAtMs };
}
