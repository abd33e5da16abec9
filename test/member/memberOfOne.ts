import { QUIET } from '../../src/app/peerLinks';
import type { LocalMember } from '../../src/member/localMember';
import { openMember, type OpenMemberOptions } from '../../src/member/openMember';
import type { Transport } from '../../src/member/transport';
import { RealClock } from '../../src/platform/realClock';
import { MemberStore } from '../../src/storage/memberStore';
import { MemoryDisk } from '../../src/storage/memory';
import { LogRecorder } from '../peer/harness';

export const HISTORY = 100;

/** Links to nobody. */
export const NO_LINKS: Transport = {
  send: () => undefined,
  forward: () => false,
  sendSnapshot: () => Promise.reject(new Error('no link')),
  setPeers: () => undefined,
  cutOff: () => undefined,
  remove: () => undefined,
};

/** What a member is opened with, with a disk in memory and links to nobody. */
export async function optionsOf(
  name: string,
  disk: MemoryDisk,
  begin: OpenMemberOptions['begin'],
): Promise<OpenMemberOptions> {
  return {
    settings: {
      ...{ name, clientURLs: ['http://127.0.0.1:2379'], version: '2.3.8', heartbeatIntervalMs: 100 },
      ...{ electionTimeoutMs: 1000, integrityIntervalMs: 60_000, snapshotCount: 1000, strictReconfigCheck: true },
    },
    store: await MemberStore.open(disk.open()),
    ...{ transport: NO_LINKS, clock: new RealClock(), random: Math.random, history: HISTORY },
    ...{ uncommittedBytesMax: 1024 * 1024, begin, logger: new LogRecorder(), peerReport: () => QUIET },
    onFailure: (error) => {
      throw error;
    },
    onRemoved: () => undefined,
  };
}

/** The only member of its cluster, open and not started. */
export async function memberOfOne(
  options: Partial<OpenMemberOptions> = {},
): Promise<{ member: LocalMember; crash: () => Promise<void> }> {
  const disk = new MemoryDisk();
  const founders = [{ name: 'a', peerURLs: ['http://a:2380'] }];
  const usual = await optionsOf('a', disk, () => Promise.resolve({ kind: 'found', founders, token: 'token' }));
  const member = await openMember({ ...usual, ...options });
  const crash = async (): Promise<void> => {
    await member.stop(0);
    disk.crash();
  };
  return { member, crash };
}
