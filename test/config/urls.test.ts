import fc from 'fast-check';
import {
  formatEndpoint,
  isWildcard,
  needSamePort,
  parseEndpoint,
  parseEndpoints,
  parseHost,
  parsePort,
} from '../../src/config/urls';

describe('parseEndpoint', () => {
  it.each([
    ['http://localhost:2379', 'localhost', 2379],
    ['HTTP://Etcd-0.Example.COM:1', 'etcd-0.example.com', 1],
    ['http://10.0.0.255:65535', '10.0.0.255', 65535],
    ['http://[FD00::1]:2379', 'fd00::1', 2379],
    ['http://[::ffff:10.0.0.1]:1', '::ffff:10.0.0.1', 1],
    ['http://a.b.svc.cluster.local.:80', 'a.b.svc.cluster.local.', 80],
    ['http://under_score:80', 'under_score', 80],
    ['http://localhost:02379', 'localhost', 2379],
  ])('reads %s', (text, host, port) => {
    expect(parseEndpoint(text, 'advertise')).toEqual({ ok: true, value: { scheme: 'http', host, port } });
  });

  it.each([
    '',
    'http:',
    'http://',
    'localhost:1',
    '//a:1',
    'http://a',
    'http://a:',
    'http://a:x',
    'http://a:-1',
    'http://a:0',
    'http://a:65536',
    'http://a:1e3',
    'http://a:1:2',
    'http://a b:1',
    'http://-a:1',
    'http://a-:1',
    'http://a..b:1',
    'http://256.0.0.1:1',
    'http://1.2.3:1',
    'http://[1.2.3.4]:1',
    'http://[::1:1',
    'http://::1]:1',
    'http://[::g]:1',
    'http://[fe80::1%eth0]:1',
    'http://[]:1',
    'http://u@a:1',
    'http://a:1?q',
    'http://a:1#f',
    'http://a:1/v2',
    ' http://a:1',
    `http://${'a'.repeat(254)}:1`,
    'ftp://a:1',
    'httpss://a:1',
    'https://a',
    'https://a:1/v2',
  ])('refuses %j', (text) => {
    expect(parseEndpoint(text, 'advertise')).toMatchObject({ ok: false });
  });

  it('allows port 0 only for listening', () => {
    expect(parseEndpoint('http://a:0', 'listen')).toMatchObject({ ok: true, value: { port: 0 } });
    expect(parsePort('0', 'advertise')).toBeUndefined();
  });

  it('reads what formatEndpoint writes', () => {
    const host = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6());
    const scheme = fc.constantFrom('http' as const, 'https' as const);
    fc.assert(
      fc.property(scheme, host, fc.integer({ min: 1, max: 65535 }), (protocol, name, port) => {
        const endpoint = { scheme: protocol, host: name.toLowerCase(), port } as const;
        expect(parseEndpoint(formatEndpoint(endpoint), 'advertise')).toEqual({ ok: true, value: endpoint });
      }),
    );
  });
});

describe('parseEndpoints', () => {
  it('drops blanks around commas and allows port 0 twice', () => {
    expect(parseEndpoints(' http://a:0 ,http://a:0', 'listen')).toMatchObject({
      ok: true,
      value: [{ port: 0 }, { port: 0 }],
    });
  });

  it('refuses the same URL twice', () => {
    expect(parseEndpoints('http://a:1,http://a:1', 'listen')).toMatchObject({ ok: false });
  });
});

describe('hosts', () => {
  it('are wildcards when they mean every interface', () => {
    expect(['0.0.0.0', '::', '0:0:0:0:0:0:0:0'].every(isWildcard)).toBe(true);
    expect(['10.0.0.0', '::1', 'localhost'].some(isWildcard)).toBe(false);
  });

  it('are read in time that does not explode', () => {
    expect(parseHost(`${'a-'.repeat(100)}!`)).toBeUndefined();
    expect(parseHost(`${'a.'.repeat(50_000)}!`)).toBeUndefined();
  });
});

describe('the same port', () => {
  const at = (host: string, port = 1): Parameters<typeof needSamePort>[0] => ({ scheme: 'http', host, port });

  it.each([
    ['a', 'a', true],
    ['localhost', '127.0.0.1', true],
    ['localhost', '::1', true],
    ['0.0.0.0', '10.0.0.1', true],
    ['0.0.0.0', 'localhost', true],
    ['0.0.0.0', '::', true],
    ['::', '127.0.0.1', true],
    ['::', '::1', true],
    ['0.0.0.0', '::1', false],
    ['localhost', '127.0.0.2', false],
    ['127.0.0.1', '::1', false],
    ['10.0.0.1', '10.0.0.2', false],
  ])('%s and %s: %s', (one, other, expected) => {
    expect([needSamePort(at(one), at(other)), needSamePort(at(other), at(one))]).toEqual([expected, expected]);
    expect(needSamePort(at(one), at(other, 2))).toBe(false);
    expect(needSamePort(at(one, 0), at(other, 0))).toBe(false);
  });
});
