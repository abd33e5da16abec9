import { createSocket, type Socket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { faultOfUrl } from '../../src/config/urls';
import { JoinError } from '../../src/discovery/beginning';
import { foundersFromSrv, type Lookup, type SrvOptions } from '../../src/discovery/srvRecords';
import { environment } from './joiner';

const PLAIN = '_etcd-server._tcp.example.com';
const SECURE = '_etcd-server-ssl._tcp.example.com';

type Records = Readonly<Record<string, readonly (readonly [name: string, port: number])[]>>;

function lookupOf(records: Records, addresses: Readonly<Record<string, readonly string[]>> = {}): Lookup {
  return {
    resolveSrv: (name) => {
      const found = records[name];
      if (found === undefined)
        return Promise.reject(Object.assign(new Error(`querySrv ENOTFOUND ${name}`), { code: 'ENOTFOUND' }));
      return Promise.resolve(found.map(([host, port]) => ({ name: host, port })));
    },
    lookup: (host) => Promise.resolve(addresses[host] ?? []),
  };
}

const three: Records = {
  [PLAIN]: [
    ['b.example.com', 2380],
    ['a.example.com.', 2380],
    ['C.example.com', 7001],
  ],
};

function founders(lookup: Lookup, rest: Partial<SrvOptions> = {}) {
  const peerURLs = ['http://a.example.com:2380'];
  const base = {
    domain: 'example.com',
    serviceName: '',
    name: 'infra0',
    peerURLs,
    faultOfUrl,
    environment: environment().environment,
  };
  return foundersFromSrv({ ...base, lookup, ...rest });
}

it('names itself, and the others by number, in an order that is the same for all', async () => {
  expect(await founders(lookupOf(three))).toEqual([
    { name: 'infra0', peerURLs: ['http://a.example.com:2380'] },
    { name: '0', peerURLs: ['http://b.example.com:2380'] },
    { name: '1', peerURLs: ['http://c.example.com:7001'] },
  ]);
  const asB = await founders(lookupOf(three), { name: '0', peerURLs: ['http://b.example.com:2380'] });
  expect(asB.map(({ name }) => name)).toEqual(['0', '1', '2']);
});

it('knows itself by the address behind its URL, and goes by the record then', async () => {
  const addresses = { 'a.example.com': ['10.0.0.1'], '10.0.0.1': ['10.0.0.1'], 'b.example.com': ['10.0.0.2'] };
  const list = await founders(lookupOf(three, addresses), { peerURLs: ['http://10.0.0.1:2380'] });
  expect(list[0]).toEqual({ name: 'infra0', peerURLs: ['http://a.example.com:2380'] });
  await expect(founders(lookupOf(three, addresses), { peerURLs: ['http://10.0.0.1:7001'] })).rejects.toThrow(
    'cannot find local etcd member "infra0" in SRV records',
  );
});

it('takes the suffix of the service', async () => {
  const records = { '_etcd-server-blue._tcp.example.com': [['a.example.com', 2380]] } as const;
  expect(await founders(lookupOf(records), { serviceName: 'blue' })).toHaveLength(1);
});

it('goes by the records for TLS first, and by the plain ones for the rest', async () => {
  const mixed: Records = {
    ...three,
    [SECURE]: [
      ['a.example.com', 2380],
      ['d.example.com', 2380],
    ],
  };
  expect(await founders(lookupOf(mixed), { peerURLs: ['https://a.example.com:2380'] })).toEqual([
    { name: 'infra0', peerURLs: ['https://a.example.com:2380'] },
    { name: '0', peerURLs: ['http://b.example.com:2380'] },
    { name: '1', peerURLs: ['http://c.example.com:7001'] },
    { name: '2', peerURLs: ['https://d.example.com:2380'] },
  ]);
});

it('finds itself only with the scheme that it advertises, by name and by address', async () => {
  const secure: Records = { [SECURE]: [['a.example.com', 2380]] };
  const addresses = { 'a.example.com': ['10.0.0.1'], '10.0.0.1': ['10.0.0.1'] };
  await expect(founders(lookupOf(secure, addresses))).rejects.toThrow(
    /none of https:\/\/a\.example\.com:2380 is http:\/\/a\.example\.com:2380; correct .*scheme/,
  );
  const [own] = await founders(lookupOf(secure, addresses), { peerURLs: ['https://10.0.0.1:2380'] });
  expect(own).toEqual({ name: 'infra0', peerURLs: ['https://a.example.com:2380'] });
});

it('refuses a domain without records', async () => {
  await expect(founders(lookupOf({}))).rejects.toThrow(`there are no SRV records ${SECURE} or ${PLAIN}`);
});

it('takes a record that is there twice, whatever its spelling, for one founder', async () => {
  const { [PLAIN]: once = [] } = three;
  const twice = { [PLAIN]: [...once, ['A.Example.com', 2380], ['b.example.com.', 2380]] } as const;
  expect(await founders(lookupOf(twice))).toEqual(await founders(lookupOf(three)));
});

it('finds no founder in a record that says that the service is not there (RFC 2782)', async () => {
  const none: Records = { [SECURE]: [['.', 0]], ...three };
  expect(await founders(lookupOf(none))).toEqual(await founders(lookupOf(three)));
  for (const target of ['.', ''])
    await expect(founders(lookupOf({ [PLAIN]: [[target, 0]] }))).rejects.toThrow(
      `there are no SRV records ${SECURE} or ${PLAIN} that name a host`,
    );
});

it.each([
  ['a host with port 0', ['b.example.com', 0], 'has no usable port'],
  ['half an address', ['10.0.0', 2380], 'has no usable host'],
  ['a path', ['b/c', 2380], 'has more than a host and a port'],
  ['a comma', ['b,c', 2380], 'has no usable host'],
] as const)('names a record in which nobody can be: %s', async (_what, record, fault) => {
  const begun = founders(lookupOf({ [PLAIN]: [['a.example.com', 2380], record] }));
  await expect(begun).rejects.toBeInstanceOf(JoinError);
  await expect(begun).rejects.toThrow(`the SRV record ${PLAIN} names nobody that can be reached: "http://${record[0]}`);
  await expect(begun).rejects.toThrow(fault);
});

it('waits for a DNS server that does not answer', async () => {
  const lookup = lookupOf(three);
  let failures = 2;
  const resolveSrv: Lookup['resolveSrv'] = (name) =>
    failures-- > 0
      ? Promise.reject(Object.assign(new Error('querySrv ESERVFAIL'), { code: 'ESERVFAIL' }))
      : lookup.resolveSrv(name);
  const said = environment();
  expect(await founders({ ...lookup, resolveSrv }, { environment: said.environment })).toHaveLength(3);
  expect(said.lines).toEqual([expect.stringContaining('DNS does not answer')]);
});

it('waits for one that does not know a host at the moment, where it is none of the others', async () => {
  const addresses = { 'a.example.com': ['10.0.0.1'], '10.0.0.1': ['10.0.0.1'] };
  const { resolveSrv, lookup } = lookupOf(three, addresses);
  let failures = 2;
  const faltering: Lookup = {
    resolveSrv,
    lookup: (host) =>
      host === 'a.example.com' && failures-- > 0
        ? Promise.reject(Object.assign(new Error('getaddrinfo EAI_AGAIN'), { code: 'EAI_AGAIN' }))
        : lookup(host),
  };
  const said = environment();
  const own = { peerURLs: ['http://10.0.0.1:2380'], environment: said.environment };
  expect((await founders(faltering, own))[0]).toEqual({ name: 'infra0', peerURLs: ['http://a.example.com:2380'] });
  expect(said.lines).toEqual([expect.stringContaining('DNS does not answer for a.example.com')]);
});

describe('with a real DNS server', () => {
  let server: Socket;
  let resolver: Resolver;

  beforeAll(async () => {
    server = createSocket('udp4').on('message', (query, from) => {
      server.send(answerTo(query), from.port, from.address);
    });
    await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', resolve));
    resolver = new Resolver();
    resolver.setServers([`127.0.0.1:${server.address().port}`]);
  });

  afterAll(() => new Promise<void>((resolve) => server.close(resolve)));

  it('reads its records', async () => {
    const resolveSrv = (name: string) => resolver.resolveSrv(name);
    expect(await founders({ resolveSrv, lookup: () => Promise.resolve([]) })).toEqual([
      { name: 'infra0', peerURLs: ['http://a.example.com:2380'] },
      { name: '0', peerURLs: ['http://b.example.com:2380'] },
    ]);
  });
});

function wireName(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}

/** Two SRV records for the plain service, NXDOMAIN for everything else (RFC 1035 section 4, RFC 2782). */
function answerTo(query: Buffer): Buffer {
  const question = query.subarray(12, query.indexOf(0, 12) + 5);
  const isKnown = question.subarray(0, -4).equals(wireName(PLAIN));
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(isKnown ? 0x8580 : 0x8583, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(isKnown ? 2 : 0, 6);
  const records = ['a.example.com', 'b.example.com'].map((target) => {
    const data = Buffer.concat([Buffer.from([0, 0, 0, 0, 2380 >> 8, 2380 & 255]), wireName(target)]);
    const fixed = Buffer.from([0xc0, 12, 0, 33, 0, 1, 0, 0, 0, 60, data.length >> 8, data.length & 255]);
    return Buffer.concat([fixed, data]);
  });
  return Buffer.concat([header, question, ...(isKnown ? records : [])]);
}
