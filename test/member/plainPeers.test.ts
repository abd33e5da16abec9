import { plainPeers } from '../../src/member/plainPeers';

const own = { id: 'own', peerURLs: ['https://10.0.0.1:2380'] };

const fieldsOf = (...members: readonly { id: string; peerURLs: readonly string[] }[]): readonly object[] =>
  plainPeers(members, 'own').map(({ fields }) => fields);

test('a plain member beside one with TLS is said, with the URLs that are plain', () => {
  expect(fieldsOf(own, { id: '2b', peerURLs: ['HTTPS://10.0.0.2:2380'] })).toEqual([]);
  expect(fieldsOf(own, { id: '4d', peerURLs: ['https://10.0.0.4:2380', 'http://10.0.0.4:2381'] })).toEqual([
    { member: '4d', urls: 'http://10.0.0.4:2381' },
  ]);
});

test('a member that is plain itself says nothing of others, nor one that is in no list yet', () => {
  const plain = { id: '2b', peerURLs: ['http://10.0.0.2:2380'] };
  expect(fieldsOf({ id: 'own', peerURLs: ['http://10.0.0.1:2380'] }, plain)).toEqual([]);
  expect(fieldsOf(plain)).toEqual([]);
});
