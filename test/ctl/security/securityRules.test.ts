/** What an outsider finds and what it means; the facts are made up, the rules are the real ones. */
import { judge, worstOf } from '../../../src/ctl/doctor/findings';
import type { PortFacts, RouteFacts, SecurityFacts } from '../../../src/ctl/security/facts';
import type { Probed } from '../../../src/ctl/security/probe';
import { securityRules } from '../../../src/ctl/security/securityRules';

const DAY_MS = 86_400_000;
const REFUSED: Probed = { kind: 'refused', why: 'alert' };
const AWAY: Probed = { kind: 'unreachable', why: 'connection refused' };
const answered = (status: number, headers = {}): Probed => ({ kind: 'answered', status, headers });

const closed: RouteFacts = { operators: answered(401), foreignHost: answered(200), foreignSite: answered(403) };

function port(kind: 'client' | 'peer', changes: Partial<PortFacts> = {}): PortFacts {
  return {
    ...{ name: 'a', kind, url: `https://10.0.0.1:${kind === 'client' ? 2379 : 2380}`, isTls: true, isLoopback: false },
    ...{ stranger: REFUSED, plain: REFUSED, certificateEndsMs: 100 * DAY_MS, distrust: undefined, elsewhere: [] },
    ...{ withCertificate: kind === 'peer' ? REFUSED : undefined, routes: kind === 'client' ? closed : undefined },
    ...changes,
  };
}

/** A port without TLS. */
function open(kind: 'client' | 'peer', changes: Partial<PortFacts> = {}): PortFacts {
  return port(kind, {
    ...{ isTls: false, url: `http://10.0.0.1:${kind === 'client' ? 2379 : 2380}`, stranger: answered(200) },
    ...{ plain: undefined, certificateEndsMs: undefined, withCertificate: undefined },
    ...(kind === 'client' ? { routes: { ...closed, foreignHost: answered(421) } } : {}),
    ...changes,
  });
}

function routes(changes: Partial<RouteFacts>): readonly PortFacts[] {
  return [port('client', { routes: { ...closed, ...changes } }), port('peer')];
}

const well: SecurityFacts = {
  ...{ nowMs: 0, ports: [port('client'), port('peer')], isAuthOn: true, isRoot: false },
  ...{ rootForNobody: answered(401), guestRights: { read: [], write: [] } },
};

function complaintsOf(changes: Partial<SecurityFacts>): readonly string[] {
  return judge(securityRules, { ...well, ...changes })
    .filter(({ severity }) => severity !== 'ok')
    .map(({ severity, about, seen }) => `${severity} ${about}: ${seen}`);
}

test('what is closed is well in each row', () => {
  expect(complaintsOf({})).toEqual([]);
  expect(judge(securityRules, well)).toHaveLength(securityRules.length);
});

test.each<[string, Partial<SecurityFacts>, readonly string[]]>([
  [
    'http',
    { ports: [open('client'), port('peer')] },
    [
      'error tls (2.1): the client port of a (http://10.0.0.1:2379) has no TLS: every key',
      ...['error clients (2.2): without TLS', 'error plain http: there are ports without TLS'],
    ],
  ],
  [
    'http of several members',
    { ports: [open('client'), open('client', { name: 'b', url: 'http://10.0.0.2:2379' }), port('peer')] },
    [
      'error tls (2.1): the client ports of a (http://10.0.0.1:2379), b (http://10.0.0.2:2379) have no TLS: every key',
      ...['error clients (2.2): ', 'error plain http: '],
    ],
  ],
  [
    'a peer port with http',
    { ports: [port('client'), open('peer')] },
    ['error peers (2.4): ', 'error members (2.5): ', 'error CAs (2.7): ', 'error plain http: '],
  ],
  [
    'a peer port with http among others, even if only this machine reached it',
    { ports: [port('client'), port('peer'), open('peer', { name: 'b', isLoopback: true })] },
    [
      'error peers (2.4): the peer port of b (http://10.0.0.1:2380) has no TLS, while other members have: ',
      ...['error members (2.5): ', 'error CAs (2.7): ', 'error plain http: '],
    ],
  ],
  [
    'a client certificate that opens a peer port',
    { ports: [port('client'), port('peer', { withCertificate: answered(200) })] },
    ['error CAs (2.7): the client certificate that was given opens the peer port of a (https://10.0.0.1:2380)'],
  ],
  [
    'no client certificate',
    { ports: [port('client'), port('peer', { withCertificate: undefined })] },
    ['unknown CAs (2.7): '],
  ],
  [
    'another CA',
    { ports: [port('client', { distrust: 'self-signed' }), port('peer')] },
    ['error tls (2.1): the certificate of the client port of a (https://10.0.0.1:2379) is not believed: self-signed'],
  ],
  [
    'no certificate demanded',
    { ports: [port('client', { stranger: answered(200) }), port('peer')] },
    ['warning clients (2.2): '],
  ],
  [
    'none demanded of members',
    { ports: [port('client'), port('peer', { stranger: answered(404) })] },
    ['error members (2.5): ', 'unknown CAs (2.7): no member tells'],
  ],
  ['http beside https', { ports: [port('client', { plain: answered(200) }), port('peer')] }, ['error plain http: ']],
  ['a hint of a TLS port', { ports: [port('client', { plain: answered(400) }), port('peer')] }, []],
  [
    'an end',
    { ports: [port('client', { certificateEndsMs: 12 * DAY_MS }), port('peer')] },
    ['warning certificates: the certificate of the client port of a (https://10.0.0.1:2379) ends in 12 days'],
  ],
  [
    'an end at once',
    { ports: [port('client'), port('peer', { certificateEndsMs: 1.5 * DAY_MS })] },
    ['error certificates: the certificate of the peer port of a (https://10.0.0.1:2380) ends in 1 day'],
  ],
  ['an end that was', { ports: [port('client'), port('peer', { certificateEndsMs: -1 })] }, ['error certificates: ']],
  [
    'ports that are away',
    { ports: [port('client', { stranger: AWAY }), port('peer', { stranger: AWAY })] },
    ['unknown clients (2.2): ', 'unknown members (2.5): ', 'unknown CAs (2.7): '],
  ],
  [
    'auth off',
    {
      ...{ isAuthOn: false, rootForNobody: answered(200), guestRights: undefined },
      ports: [
        port('client', { stranger: answered(200), routes: { ...closed, operators: answered(200) } }),
        port('peer'),
      ],
    },
    [
      'error clients (2.2): ',
      'error auth: is off: whoever reaches a client port reads',
      'error operators: the client port of a (https://10.0.0.1:2379) gives routes of operators to everybody: ',
    ],
  ],
  [
    'auth off where certificates are demanded',
    {
      ...{ isAuthOn: false, rootForNobody: answered(200), guestRights: undefined },
      ports: [...routes({ operators: answered(200) }), ...routes({ operators: answered(200) })],
    },
    [
      'error auth: is off: whoever has a certificate of the CA of clients reads',
      'error operators: the client ports of a (https://10.0.0.1:2379), a (https://10.0.0.1:2379) give routes of operators to everybody with a certificate of the CA of clients',
    ],
  ],
  [
    'a certificate of root, which says nothing of others',
    {
      ...{ isRoot: true, rootForNobody: answered(200), guestRights: undefined },
      ports: routes({ operators: answered(200) }),
    },
    [
      'unknown guests: the certificate that was given is of a user with the role root',
      'unknown operators: the certificate',
    ],
  ],
  [
    'etcd with auth, whose /debug/vars is open to everybody',
    { rootForNobody: answered(200), guestRights: undefined, ports: routes({ operators: answered(200) }) },
    [
      'error guests: whoever is no user may list the keys',
      'warning operators: the client port of a (https://10.0.0.1:2379) shows /debug/vars, with the command line, to everybody with a certificate of the CA of clients, although auth is on',
    ],
  ],
  [
    'guests who may do everything',
    { guestRights: { read: ['/*'], write: ['/*'] } },
    ['error guests: whoever is no user may read /*, write /*'],
  ],
  [
    'guests who may do something',
    { guestRights: { read: ['/public/*'], write: [] } },
    ['warning guests: whoever is no user may read /public/*'],
  ],
  [
    'guests who list',
    { guestRights: undefined, rootForNobody: answered(200) },
    ['error guests: whoever is no user may list the keys'],
  ],
  [
    'a foreign host',
    { ports: [open('client', { isLoopback: true, routes: closed }), port('peer')] },
    [
      ...['warning tls (2.1): ', 'warning clients (2.2): ', 'warning plain http: '],
      'warning host names: under the name of another host the client port of a (http://10.0.0.1:2379) answers',
    ],
  ],
  ['a page of another site', { ports: routes({ foreignSite: answered(404) }) }, ['warning other sites: ']],
  [
    'one that may read',
    { ports: routes({ foreignSite: answered(403, { 'access-control-allow-origin': '*' }) }) },
    ['warning other sites: '],
  ],
])('%s', (_, changes, complaints) => {
  expect(complaintsOf(changes)).toEqual(complaints.map((each) => expect.stringContaining(each) as unknown));
});

describe('ports that are published for this machine alone', () => {
  const trial = (elsewhere: readonly string[]): Partial<SecurityFacts> => ({
    ...{ isAuthOn: false, guestRights: undefined, rootForNobody: answered(200) },
    ports: [
      open('client', {
        ...{ isLoopback: true, elsewhere, url: 'http://127.0.0.1:1' },
        routes: { ...closed, foreignHost: answered(421), operators: answered(200) },
      }),
      open('peer', { isLoopback: true, elsewhere, url: 'http://127.0.0.1:2' }),
    ],
  });
  const FAILING = ['tls (2.1)', 'clients (2.2)', 'peers (2.4)', 'members (2.5)', 'CAs (2.7)', 'plain http', 'auth'];

  test('warn of each row whose command fails, and nothing is called well that is not', () => {
    const complaints = complaintsOf(trial([])).filter((each) => !each.startsWith('unknown'));
    expect(complaints.map((each) => each.replace(/: .*/, ''))).toEqual(
      [...FAILING, 'operators'].map((about) => `warning ${about}`),
    );
    expect(complaints[0]).toContain('no other address of this machine answers there');
    expect(worstOf(judge(securityRules, { ...well, ...trial([]) }))).toBe('warning');
  });

  test('fail where another address of the machine answers as well', () => {
    const complaints = complaintsOf(trial(['http://10.1.2.3:1'])).filter((each) => !each.startsWith('unknown'));
    expect(complaints.map((each) => each.replace(/: .*/, ''))).toEqual(
      [...FAILING, 'operators'].map((about) => `error ${about}`),
    );
    expect(complaints[0]).toContain(
      'the client port of a (http://127.0.0.1:1, which answers at http://10.1.2.3:1 too)',
    );
  });
});
