import { closedLoop } from './closedLoop';
import type { NextRequest } from './closedLoop';
import type { JobResult, SteadyJob } from './jobs';
import { getRequest, inNameOf, keyPath, putRequest } from './requests';

const WRITE_SHARE = 0.1;

/** The load that wrk makes where it is installed, on any machine. */
export async function steady(job: SteadyJob): Promise<JobResult> {
  return closedLoop(job.port, job.connections, job.seconds, requestsOf(job), job.access);
}

/** Requests are made beforehand and picked by chance. */
function requestsOf({ kind, keys, valueBytes, access }: SteadyJob): NextRequest {
  const every = (make: (path: string) => string): readonly string[] =>
    Array.from({ length: keys }, (_, index) => inNameOf(access?.user, make(keyPath('bench', index))));
  const list = inNameOf(access?.user, getRequest('/list', '?recursive=true'));
  switch (kind) {
    case 'put':
      return picker(every((path) => putRequest(path, undefined, valueBytes)));
    case 'get':
      return picker(every((path) => getRequest(path)));
    case 'quorumGet':
      return picker(every((path) => getRequest(path, '?quorum=true')));
    case 'mixed': {
      const [write, read] = [
        picker(every((path) => putRequest(path, undefined, valueBytes))),
        picker(every((path) => getRequest(path))),
      ];
      return () => (Math.random() < WRITE_SHARE ? write() : read());
    }
    case 'list':
      return () => list;
  }
}

function picker(requests: readonly string[]): NextRequest {
  return () => requests[Math.floor(Math.random() * requests.length)];
}
