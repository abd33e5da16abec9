/** Members from whom something of the machine is taken. */
import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterMember } from '../../cluster/clusterMember';
import { sleep } from '../../cluster/waiting';
import { ABUSE, type Attack, Findings, leaderFirst, type Scene } from '../attack';
import { Crowd, getRequest } from '../crowd';

const ANSWER_WITHIN_MS = 30_000;
const HEALTHY_WITHIN_MS = 60_000;

export const MACHINE: readonly Attack[] = [
  {
    name: 'more connections than descriptors',
    does: '400 watchers at a member that may have 256 files open; it goes on and can be asked by others',
    restarts: true,
    run: async ({ cluster, durationMs }) => {
      const findings = new Findings();
      const crowd = new Crowd();
      const member = cluster.members[1]!;
      await startedBy(member, ['sh', '-c', 'ulimit -n 256 && exec "$@"', 'sh'], async () => {
        for (let count = 0; count < 400; count++)
          crowd.join(member.clientPort, getRequest(`/v2/keys${ABUSE}/never?wait=true`));
        await sleep(durationMs);
        for (let count = 0; count < 10; count++) {
          const { status } = await cluster.members[0]!.put(
            `${ABUSE}/d/${count}`,
            'x'.repeat(500_000),
            ANSWER_WITHIN_MS,
          );
          findings.expect(status < 300, `a write at another member: ${status}`);
        }
        findings.expect(member.isRunning, 'the member ended');
        crowd.leave();
      });
      return findings.sighting(`${crowd.opened} connections`);
    },
  },
  {
    name: 'standard error that nobody reads',
    does: 'a member that logs everything into a full pipe goes on',
    restarts: true,
    run: unreadErrors,
  },
  {
    name: 'kill -9 of the leader',
    does: 'and its start again; nothing acknowledged is lost',
    restarts: true,
    run: async ({ cluster, durationMs }) => {
      const [leader] = await leaderFirst(cluster);
      await leader!.kill();
      await sleep(durationMs);
      leader!.start();
      await cluster.healthy(cluster.members, HEALTHY_WITHIN_MS);
      return new Findings().sighting(leader!.name);
    },
  },
];

/** Restarts a member in other circumstances, and after `during` in the usual ones. */
async function startedBy(
  member: ClusterMember,
  command: readonly string[],
  during: () => Promise<void>,
): Promise<void> {
  const again = async (by: readonly string[]): Promise<void> => {
    await member.stop();
    member.startedBy = by;
    member.start();
    await member.healthy(HEALTHY_WITHIN_MS);
  };
  await again(command);
  try {
    await during();
  } finally {
    await again([]);
  }
}

async function unreadErrors({ cluster, durationMs }: Scene): ReturnType<Attack['run']> {
  const findings = new Findings();
  const member = cluster.members[2]!;
  const pipe = join(cluster.directory, 'unread');
  execFileSync('mkfifo', [pipe]);
  const unread = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
  fillPipe(unread);
  const crowd = new Crowd();
  await startedBy(member, ['sh', '-c', 'exec "$@" --log-level debug 2>"$0"', pipe], async () => {
    const endMs = performance.now() + durationMs;
    while (performance.now() < endMs) {
      crowd.join(member.place.peerPort, 'GET /nothing HTTP/1.1\r\n\r\n');
      crowd.join(member.clientPort, getRequest(`/v2/keys${ABUSE}/nothing`));
      await crowd.breathe(50);
    }
    const { status } = await member.put(`${ABUSE}/unread`, 'x', ANSWER_WITHIN_MS);
    findings.expect(status < 300, `a write at the member: ${status}`);
    crowd.leave();
  });
  closeSync(unread);
  return findings.sighting(`${crowd.opened} requests`);
}

/** Until there is room for nothing more: what the member says in these seconds is less than a pipe takes. */
function fillPipe(descriptor: number): void {
  try {
    for (;;) writeSync(descriptor, Buffer.alloc(4096));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
  }
}
