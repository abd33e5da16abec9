import { MemberError } from '../../src/member/types';
import { decodeChunk } from '../../src/storage/stateChunk';
import type { StateSnapshot } from '../../src/member/types';
import { memberOfOne } from './memberOfOne';

async function keysOf(snapshot: StateSnapshot): Promise<string[]> {
  const keys: string[] = [];
  for await (const bytes of snapshot.chunks) {
    const chunk = decodeChunk(bytes);
    if (chunk.kind === 'rows') keys.push(...chunk.rows.filter(({ table }) => table === 'node').map(({ key }) => key));
  }
  return keys;
}

const set = (path: string) =>
  ({ type: 'set', path, value: 'v', expirationMs: undefined, dir: false, nowMs: 1 }) as never;

test('everything that was acknowledged is in it, and nothing that came later', async () => {
  const { member, crash } = await memberOfOne();
  member.start();
  await member.published();
  for (let round = 0; round < 5; round += 1) {
    await member.propose(set(`/before${round}`));
    const snapshot = await member.snapshot({ quorum: true });
    await member.propose(set(`/after${round}`));
    const keys = await keysOf(snapshot);
    expect(keys).toContain(`/before${round}`);
    expect(keys).not.toContain(`/after${round}`);
    expect(snapshot.counted.nodes).toBe(keys.length);
    expect(snapshot.nodesAbout).toBeGreaterThan(0);
  }
  await crash();
});

test('without a leader there is only what this member has', async () => {
  const { member, crash } = await memberOfOne();
  // Not started: it leads nothing.
  const local = await member.snapshot({ quorum: false });
  expect(local.position.index).toBe(1);
  await local.close();
  await local.close();
  const refused = expect(member.snapshot({ quorum: true })).rejects.toThrow(MemberError);
  await crash();
  await refused;
});

test('a member that stops ends those that are open, and gives no more', async () => {
  const { member, crash } = await memberOfOne();
  member.start();
  await member.published();
  const snapshot = await member.snapshot({ quorum: true });
  await crash();
  expect(snapshot.ending.aborted).toBe(true);
  await expect(keysOf(snapshot)).rejects.toThrow('stopping');
  await expect(member.snapshot({ quorum: false })).rejects.toThrow('stopping');
});
