import type { LocalMember } from '../../src/member/localMember';
import { openMember, type OpenMemberOptions } from '../../src/member/openMember';
import { RealClock } from '../../src/platform/realClock';
import { MemberStore } from '../../src/storage/memberStore';
import { MemoryDisk } from '../../src/storage/memory';
import { LogRecorder } from '../peer/harness';

/** The only member of its cluster, open and not started, with a disk in memory. */
export async function memberOfOne(
  options: Partial<OpenMemberOptions> = {},
): Promise<{ member: LocalMember; crash: () => Promise<void> }> {
  const disk = new MemoryDisk();
  const member = await openMember({
    settings: {
      ...{ name: 'a', clientURLs: ['http://127.0.0.1:2379'], version: '2.3.8', heartbeatIntervalMs: 100 },
      ...{ electionTimeoutMs: 1000, integrityIntervalMs: 60_000, snapshotCount: 1000, strictReconfigCheck: true },
    },
    store: await MemberStore.open(disk.open()),
    transport: {
      send: () => undefined,
      forward: () => false,
      sendSnapshot: () => Promise.reject(new Error('no link')),
      setPeers: () => undefined,
      cutOff: () => undefined,
      remove: () => undefined,
    },
    ...{ clock: new RealClock(), random: Math.random, history: 100, uncommittedBytesMax: 1024 * 1024 },
    begin: () =>
      Promise.resolve({ kind: 'found', founders: [{ name: 'a', peerURLs: ['http://a:2380'] }], token: 'token' }),
    logger: new LogRecorder(),
    peerReport: () => ({ traffic: {} as never, followers: [], peers: [] }),
    onFailure: (error) => {
      throw error;
    },
    onRemoved: () => undefined,
    ...options,
  });
  const crash = async (): Promise<void> => {
    await member.stop(0);
    disk.crash();
  };
  return { member, crash };
}
