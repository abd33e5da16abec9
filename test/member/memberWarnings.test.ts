import type { MemberInfo } from '../../src/machine/cluster/members';
import { MemberWarnings } from '../../src/member/memberWarnings';
import { plainPeers } from '../../src/member/plainPeers';
import { sharedNames } from '../../src/member/sharedNames';

const said: object[] = [];
let members: MemberInfo[];
let warnings: MemberWarnings;

function member(id: string, name: string, peerURL = `https://${id}:2380`): MemberInfo {
  return { id, name, peerURLs: [peerURL], clientURLs: [], learner: false };
}

/** Looks twice, so that what is said again each time is seen. */
function becomes(...next: MemberInfo[]): void {
  members = next;
  warnings.check();
  warnings.check();
}

beforeEach(() => {
  said.length = 0;
  warnings = new MemberWarnings({
    id: '1a',
    rules: [sharedNames, plainPeers],
    members: () => members,
    logger: { warn: (fields) => void said.push(fields) },
  });
});

test('each thing is said once, and again when it is another or comes back', () => {
  const own = member('1a', 'default');
  becomes(own, member('2b', 'default'));
  becomes(own, member('2b', 'default'), member('3c', 'default'));
  becomes(own);
  becomes(own, member('2b', 'default'));
  expect(said).toEqual([
    { sharedName: 'default', members: ['1a', '2b'] },
    { sharedName: 'default', members: ['1a', '2b', '3c'] },
    { sharedName: 'default', members: ['1a', '2b'] },
  ]);
});

test('what is said of names and of peers without TLS stands beside each other', () => {
  becomes(member('1a', 'same'), member('2b', 'same', 'http://2b:2380'));
  expect(said).toEqual([
    { sharedName: 'same', members: ['1a', '2b'] },
    { member: '2b', urls: 'http://2b:2380' },
  ]);
});
