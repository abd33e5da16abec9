import { CannotNowError, MemberServers, NotServedError } from '../../src/discovery/memberServers';

const members = [1, 2].map((at) => ({
  id: `m${at}`,
  name: `m${at}`,
  peerURLs: [`https://p${at}`],
  clientURLs: [`https://c${at}`],
}));

/** Those that are asked one after the other, where these answer that they do not serve it. */
function asked(times: number, refusing: readonly string[] = []): (string | undefined)[] {
  const servers = new MemberServers();
  return Array.from({ length: times }, () => {
    const server = servers.next(members);
    if (refusing.includes(server?.url ?? '')) servers.isRefusal(server, new NotServedError('status 403'));
    return server?.url;
  });
}

const [p1, p2, c1, c2] = ['https://p1', 'https://p2', 'https://c1', 'https://c2'];

test.each([
  ['in turn, peer ports first', [], [p1, p2, c1, c2, p1]],
  ['with one of them refusing, still the other peer port before client ports', [p1], [p1, p2, c1, c2, p2]],
  ['with all of them refusing, each peer port once', [p1, p2], [p1, p2, c1, c2, c1]],
  ['with the second one refusing, each once before any comes again', [p2], [p1, p2, c1, c2, p1]],
])('servers are asked %s', (_how, refusing, expected) => {
  expect(asked(5, refusing)).toEqual(expected);
});

test('one that refuses later is left out from then on, and nobody is passed over for it', () => {
  const servers = new MemberServers();
  for (let turn = 0; turn < 4; turn++) servers.next(members);
  expect(servers.isRefusal(servers.next(members), new NotServedError('status 403'))).toBe(true);
  expect([1, 2, 3, 4].map(() => servers.next(members)?.url)).toEqual([p2, c1, c2, p2]);
});

test('peer ports without TLS are passed over, and nobody is asked where nobody has a URL', () => {
  const plain = { id: 'm', name: 'm', peerURLs: ['http://p'], clientURLs: ['http://c'] };
  expect(new MemberServers().next([plain])).toEqual({ port: 'client', url: 'http://c' });
  expect(new MemberServers().next([{ ...plain, clientURLs: [] }])).toBeUndefined();
});

test('an attempt that failed otherwise is no refusal', () => {
  const servers = new MemberServers();
  const server = servers.next(members);
  expect(servers.isRefusal(server, new Error('timeout'))).toBe(false);
  expect([1, 2, 3, 4].map(() => servers.next(members)?.url)).toEqual([p2, c1, c2, p1]);
});

test('client ports are left alone while a peer port serves that only cannot do it now', () => {
  const servers = new MemberServers();
  servers.answered(servers.next(members));
  expect([1, 2, 3, 4].map(() => servers.next(members)?.url)).toEqual([p2, p1, p2, p1]);
  expect(servers.isRefusal({ port: 'peer', url: p1 }, new CannotNowError('status 503'))).toBe(false);
  expect([1, 2, 3].map(() => servers.next(members)?.url)).toEqual([p2, p1, p2]);
  expect(servers.isRefusal({ port: 'peer', url: p1 }, new Error('refused'))).toBe(false);
  expect([1, 2, 3, 4].map(() => servers.next(members)?.url)).toEqual([c1, c2, p1, p2]);
});
