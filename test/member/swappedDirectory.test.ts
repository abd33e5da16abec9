import type { MemberInfo } from '../../src/machine/cluster/members';
import { refuseSwapped, whySwapped } from '../../src/member/swappedDirectory';

function member(id: string, name: string): MemberInfo {
  return { id, name, peerURLs: [`http://${id}:2380`], clientURLs: [], learner: false };
}

const MEMBERS = [member('a0', 'm0'), member('a1', 'm1'), member('a2', 'm2')];

/** Of the directory of m1. */
function why(name: string, ...peerURLs: readonly string[]): string | undefined {
  return whySwapped(MEMBERS, 'a1', { name, peerURLs });
}

test('the directory of m1 under the name and the URL of m0 is named, with what to do', () => {
  expect(why('m0', 'http://a0:2380')).toBe(
    'this directory holds the data of member m1 (a1), but --name m0 and --initial-advertise-peer-urls http://a0:2380 are those of ' +
      'member m0 (a0); start it with the directory of m0, or with --name m1 and the peer URLs http://a1:2380. Nothing was changed',
  );
});

test('the name of another member is enough, and so is its URL under a name that nobody has', () => {
  expect(why('m0', 'http://a1:2380')).toContain('but --name m0 is that of member m0 (a0)');
  expect(why('m0')).toContain('but --name m0 is that of member m0 (a0)');
  expect(why('fresh', 'http://a2:2380')).toContain(
    'but --initial-advertise-peer-urls http://a2:2380 is that of member m2 (a2); start it with the directory of m2',
  );
});

test.each([
  ['itself', 'm1', 'http://a1:2380'],
  ['itself at a new address', 'm1', 'http://a9:2380'],
  ['itself at an address that another had', 'm1', 'http://a0:2380'],
  ['renamed', 'fresh', 'http://a1:2380'],
  ['renamed and moved', 'fresh', 'http://a9:2380'],
])('%s: nothing to say', (_what, name, url) => {
  expect(why(name, url)).toBeUndefined();
});

test('a member that the directory does not list, or that never published a name, is not judged', () => {
  expect(whySwapped(MEMBERS, 'b7', { name: 'm0', peerURLs: [] })).toBeUndefined();
  expect(whySwapped([member('a1', ''), member('a0', 'm0')], 'a1', { name: 'm0', peerURLs: [] })).toBeUndefined();
});

test('the refusal is of a kind that ends the process with code 5', () => {
  expect(() => {
    refuseSwapped(MEMBERS, 'a1', { name: 'm0', peerURLs: [] });
  }).toThrow(expect.objectContaining({ name: 'StorageError', kind: 'format' }));
});
