import { MemberStore } from '../../src/storage/memberStore';
import { MemoryDisk } from '../../src/storage/memory';
import { set } from '../machine/keyspace/writer';
import { IntegrityCheck, StateDiffersError } from '../../src/member/integrityCheck';
import { memberOfOne, NO_LINKS, optionsOf } from './memberOfOne';
import { openMember } from '../../src/member/openMember';

test('what wakes the loop does so from the first moment on: a write before the start is carried out after it', async () => {
  const { member, crash } = await memberOfOne();
  const written = member.propose(set('/early', { value: '1' }));
  member.start();
  expect(await written).toMatchObject({ ok: true });
  await crash();
});

test('the list of members reaches the links, which are told before anybody else', async () => {
  const peers: string[][] = [];
  const transport = {
    ...NO_LINKS,
    setPeers: (list: readonly { id: string }[]) => void peers.push(list.map(({ id }) => id)),
  };
  const { member, crash } = await memberOfOne({ transport });
  member.start();
  await member.published();
  const added = await member.addMember(['http://b:2380']);
  expect(peers.at(-1)).toEqual([added.id]);
  await crash();
});

test('a store that fails ends the member: its owner hears the error, and no caller waits for ever', async () => {
  const disk = new MemoryDisk();
  const failures: unknown[] = [];
  const founders = [{ name: 'a', peerURLs: ['http://a:2380'] }];
  const usual = await optionsOf('a', disk, () => Promise.resolve({ kind: 'found', founders, token: 'token' }));
  const member = await openMember({ ...usual, onFailure: (error) => void failures.push(error) });
  member.start();
  await member.published();
  jest.spyOn(MemberStore.prototype, 'write').mockRejectedValueOnce(new Error('the disk is gone'));
  await expect(member.propose(set('/a', { value: '1' }))).rejects.toMatchObject({ reason: 'stopped' });
  expect(failures).toEqual([new Error('the disk is gone')]);
  expect(member.status()).toMatchObject({ ready: false, stopping: true });
  await expect(member.propose(set('/b'))).rejects.toMatchObject({ reason: 'stopped' });
  jest.restoreAllMocks();
  disk.crash();
});

test('a member that finds its state wrong shows nothing of it from that moment on', async () => {
  const failures: unknown[] = [];
  const { member, crash } = await memberOfOne({ onFailure: (error) => void failures.push(error) });
  member.start();
  await member.published();
  expect(member.get('/', { recursive: false, sorted: false })).toMatchObject({ ok: true });
  const wrong = new StateDiffersError('the state differs');
  jest.spyOn(IntegrityCheck.prototype, 'check').mockImplementation(() => {
    throw wrong;
  });
  await member.propose(set('/a', { value: '1' }));
  expect(failures).toEqual([wrong]);
  expect(() => member.get('/', { recursive: false, sorted: false })).toThrow('the member failed');
  jest.restoreAllMocks();
  await crash();
});
