import { PlainPeers } from '../../src/member/plainPeers';

const said: object[] = [];
let members: { id: string; peerURLs: string[] }[];
let peers: PlainPeers;

beforeEach(() => {
  said.length = 0;
  peers = new PlainPeers({ id: 'own', members: () => members, logger: { warn: (fields) => void said.push(fields) } });
});

const checkTwice = (): void => {
  peers.check();
  peers.check();
};
const own = { id: 'own', peerURLs: ['https://10.0.0.1:2380'] };

test('a plain member that comes to one with TLS is said once, and again when it has moved', () => {
  members = [own, { id: '2b', peerURLs: ['HTTPS://10.0.0.2:2380'] }];
  checkTwice();
  expect(said).toEqual([]);
  members = [own, { id: '4d', peerURLs: ['https://10.0.0.4:2380', 'http://10.0.0.4:2381'] }];
  checkTwice();
  members = [own, { id: '4d', peerURLs: ['http://10.0.0.5:2380'] }];
  checkTwice();
  expect(said).toEqual([
    { member: '4d', urls: 'http://10.0.0.4:2381' },
    { member: '4d', urls: 'http://10.0.0.5:2380' },
  ]);
});

test('a member that is plain itself says nothing of others, nor one that is in no list yet', () => {
  const plain = { id: '2b', peerURLs: ['http://10.0.0.2:2380'] };
  members = [{ id: 'own', peerURLs: ['http://10.0.0.1:2380'] }, plain];
  checkTwice();
  members = [plain];
  checkTwice();
  expect(said).toEqual([]);
});
