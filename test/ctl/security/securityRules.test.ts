/** What an outsider finds and what it means; the facts are made up, the rules are the real ones. */
import { judge, worstOf } from '../../../src/ctl/doctor/findings';
import type { PortFacts, SecurityFacts } from '../../../src/ctl/security/facts';
import type { Probed } from '../../../src/ctl/security/probe';
import { securityRules } from '../../../src/ctl/security/securityRules';

const DAY_MS = 86_400_000;
const REFUSED: Probed = { kind: 'refused', why: 'alert' };
const AWAY: Probed = { kind: 'unreachable', why: 'connection refused' };
const answered = (status: number, headers = {}): Probed => ({ kind: 'answered', status, headers });

function port(kind: 'client' | 'peer', changes: Partial<PortFacts> = {}): PortFacts {
  return {
    ...{ name: 'a', kind, url: `https://10.0.0.1:${kind === 'client' ? 2379 : 2380}`, isTls: true, isLoopback: false },
    ...{ stranger: REFUSED, plain: REFUSED, certificateEndsMs: 100 * DAY_MS, distrust: undefined, ...changes },
  };
}

const well: SecurityFacts = {
  ...{ nowMs: 0, askedAt: 'https://10.0.0.1:2379', ports: [port('client'), port('peer')], isAuthOn: true },
  ...{ rootForNobody: answered(401), guestRights: { read: [], write: [] }, operatorsForNobody: answered(401) },
  ...{ foreignHost: answered(200), foreignSite: answered(403) },
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
    { ports: [port('client', { isTls: false, url: 'http://10.0.0.1:2379' }), port('peer')] },
    ['error tls (2.1): the client port of a (http://10.0.0.1:2379) has no TLS'],
  ],
  ['a peer port with http', { ports: [port('client'), port('peer', { isTls: false })] }, ['error peers (2.4): ']],
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
    ['error members (2.5): '],
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
    ['unknown clients (2.2): ', 'unknown members (2.5): '],
  ],
  [
    'auth off',
    { isAuthOn: false, rootForNobody: answered(200), guestRights: undefined, operatorsForNobody: answered(200) },
    ['error auth: ', 'error operators: '],
  ],
  [
    'a certificate of root, which says nothing of others',
    { rootForNobody: answered(200), guestRights: undefined, operatorsForNobody: answered(200) },
    [
      'unknown guests: the certificate that was given is of a user with the role root',
      'unknown operators: the certificate',
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
  ['a foreign host', { askedAt: 'http://10.0.0.1:2379' }, ['warning host names: ']],
  ['a foreign host that is refused', { askedAt: 'http://10.0.0.1:2379', foreignHost: answered(421) }, []],
  ['a page of another site', { foreignSite: answered(404) }, ['warning other sites: ']],
  [
    'one that may read',
    { foreignSite: answered(403, { 'access-control-allow-origin': '*' }) },
    ['warning other sites: '],
  ],
])('%s', (_, changes, complaints) => {
  expect(complaintsOf(changes)).toEqual(complaints.map((each) => expect.stringContaining(each) as unknown));
});

test('on one machine it is a trial: nothing fails, and nothing is called encrypted', () => {
  const here = (kind: 'client' | 'peer') =>
    port(kind, {
      isTls: false,
      isLoopback: true,
      url: 'http://127.0.0.1:1',
      plain: undefined,
      certificateEndsMs: undefined,
      stranger: answered(200),
    });
  const open = {
    isAuthOn: false,
    guestRights: undefined,
    rootForNobody: answered(200),
    operatorsForNobody: answered(200),
  };
  const findings = judge(securityRules, {
    ...well,
    ...open,
    ports: [here('client'), here('peer')],
    askedAt: 'http://127.0.0.1:1',
    foreignHost: answered(421),
  });
  expect(worstOf(findings)).toBe('warning');
  expect(findings[0]?.seen).toBe('1 client ports have no TLS, and only this machine reaches them');
});
