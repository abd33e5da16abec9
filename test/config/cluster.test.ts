import { formatInitialCluster, foundingConflictOf, parseInitialCluster } from '../../src/config/cluster';
import type { Endpoint } from '../../src/config/urls';

const at = (host: string, port = 2380): Endpoint => ({ scheme: 'http', host, port });
const own = { name: 'infra0', peerUrls: [at('10.0.1.10'), at('10.0.1.10', 7001)] };
const ownText = 'infra0=http://10.0.1.10:7001,infra0=http://10.0.1.10:2380';

describe('parseInitialCluster', () => {
  it('gathers the URLs of each name, in any order', () => {
    const parsed = parseInitialCluster(`infra0=http://10.0.1.10:7001, infra1=http://b:1,infra0=http://10.0.1.10:2380`);
    expect(parsed).toEqual({
      ok: true,
      value: new Map([
        ['infra0', [at('10.0.1.10', 7001), at('10.0.1.10')]],
        ['infra1', [at('b', 1)]],
      ]),
    });
  });

  it.each([
    ['', '"" is not an entry of the list; write each as NAME=http://HOST:PORT'],
    ['=http://a:1', '"=http://a:1" is not an entry of the list; write each as NAME=http://HOST:PORT'],
    ['infra0=', 'the entry of member "infra0": "" is not a URL; write it as http://HOST:PORT'],
    ['infra0=https://a', 'the entry of member "infra0": "https://a" has no port; write it as https://HOST:PORT'],
    [
      `${ownText},infra1=http://10.0.1.10:2380`,
      'http://10.0.1.10:2380 is in the list for "infra0" and again for "infra1"; give each URL once',
    ],
    [
      `${ownText},infra0=http://10.0.1.10:2380`,
      'http://10.0.1.10:2380 is in the list for "infra0" and again for "infra0"; give each URL once',
    ],
  ])('refuses %j', (text, message) => {
    expect(parseInitialCluster(text)).toEqual({ ok: false, message });
  });

  it('keeps a name such as __proto__ a name', () => {
    const parsed = parseInitialCluster('__proto__=http://a:1');
    expect(parsed).toEqual({ ok: true, value: new Map([['__proto__', [at('a', 1)]]]) });
  });

  it('reads what formatInitialCluster writes', () => {
    const text = `${ownText},infra1=http://[::1]:2380`;
    const parsed = parseInitialCluster(text);
    expect(parsed.ok && formatInitialCluster(parsed.value)).toBe(text);
  });
});

describe('foundingConflictOf', () => {
  it.each([
    [ownText, undefined],
    [
      'infra1=http://b:1',
      'there is no entry for this member\'s name "infra0", only for "infra1"; add it as NAME=URL or correct --name',
    ],
    [
      'infra0=http://10.0.1.10:2380',
      'the URLs of this member "infra0" are http://10.0.1.10:2380, but --initial-advertise-peer-urls is ' +
        'http://10.0.1.10:2380,http://10.0.1.10:7001; make the two the same',
    ],
  ])('of %j', (text, message) => {
    const parsed = parseInitialCluster(text);
    expect(parsed.ok && foundingConflictOf(parsed.value, own)).toBe(message);
  });
});
