/** How the options of a member without data decide whom it asks, and whether it may begin without an answer. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { MemberBeginner, namesOthers } from '../../src/app/memberBeginner';
import type { Lookup } from '../../src/discovery/srvRecords';
import { Witness } from '../../src/discovery/witness';
import { clusterIdOf, memberIdOf } from '../../src/member/identity';
import { dialTcp } from '../../src/platform/dial';
import { until } from '../cluster/waiting';
import { FakeService } from '../discovery/fakeService';
import { FakeNotes, FakeWitnessNotes } from '../discovery/joiner';
import { configurationOf } from '../config/support';

const NOBODY = 'http://127.0.0.1:1';
let directory: string;
let lines: string[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'beginner-'));
  lines = [];
});
afterEach(() => rmSync(directory, { recursive: true }));

test.each([
  [[], false],
  [['--initial-cluster=default=http://localhost:2380,default=http://localhost:7001'], false],
  [
    [
      '--initial-cluster=default=http://localhost:2380,b=http://b:2380',
      '--initial-advertise-peer-urls=http://localhost:2380',
    ],
    true,
  ],
  [['--join-urls=http://b:2380'], true],
  [['--peers=b:2380'], true],
  [['--peers-file=/etc/peers'], true],
  [['--discovery=http://d/t'], true],
  [['--discovery-srv=example.com'], true],
])('%j: others are named: %s', (flags, expected) => {
  expect(namesOthers(configurationOf({ argv: flags }))).toBe(expected);
});

/** That of the directory: it lasts from one start to the next. */
class FakeReturnNotes {
  clusterId: string | undefined;

  read(): Promise<string | undefined> {
    return Promise.resolve(this.clusterId);
  }

  write(clusterId: string): Promise<void> {
    this.clusterId = clusterId;
    return Promise.resolve();
  }

  remove(): Promise<void> {
    this.clusterId = undefined;
    return Promise.resolve();
  }
}

function begin(flags: readonly string[], signal: AbortSignal, returning = new FakeReturnNotes(), dns?: Lookup) {
  const configuration = configurationOf({ argv: [`--data-dir=${directory}`, ...flags] });
  const log = (_fields: object, text: string): void => void lines.push(text);
  const logger = { info: log, warn: log } as unknown as Logger;
  const dials = { peer: dialTcp, client: dialTcp, proxied: dialTcp, discovery: dialTcp };
  const witness = new Witness(new FakeWitnessNotes(), () => Promise.reject(new Error('refused')));
  const notes = { registration: new FakeNotes(), returning };
  return new MemberBeginner(configuration, notes, witness, dials, logger, signal, dns).begin(undefined);
}

const running = (): AbortSignal => new AbortController().signal;

test('where nobody answers at --join-urls a member begins by its other options', async () => {
  expect(await begin([`--join-urls=${NOBODY}`], running())).toMatchObject({ kind: 'found' });
});

test('of a cluster that exists, and whose members only --join-urls names, it waits for one', async () => {
  const stop = new AbortController();
  const begun = begin([`--join-urls=${NOBODY}`, '--initial-cluster-state=existing'], stop.signal);
  while (lines.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(lines).toEqual([`none of ${NOBODY} answers; waiting for one of them`]);
  stop.abort(new Error('stopped'));
  await expect(begun).rejects.toThrow('stopped');
});

describe('beside members that run', () => {
  const OWN = 'http://c.example.com:2380';
  const FOUNDERS_TOKEN = 'etcd-cluster';
  let server: Server;
  /** Peer and client URL of one of them. */
  let url: string;
  let seen: string[];
  /** Ids, and a name for those that have one, by peer URL; nobody answers while there are none. */
  let members: readonly { readonly peerURL: string; readonly name: string; readonly id: string }[];
  let statusOfAdd: number;
  let statusOfRemoval: number;

  beforeEach(async () => {
    [seen, members, statusOfAdd, statusOfRemoval] = [[], [], 201, 204];
    server = createServer(({ method, url: path = '' }, response) => {
      if (method !== 'GET') seen.push(`${method} ${path}`);
      if (method === 'GET' && path === '/members' && members.length > 0) {
        response.setHeader('X-Etcd-Cluster-Id', foundation());
        response.end(`[${members.map(shown).join()}]`);
      } else if (method === 'DELETE') {
        if (statusOfRemoval === 204) members = members.filter(({ id }) => !path.includes(id));
        response.writeHead(statusOfRemoval).end();
      } else if (method === 'POST' && path === '/v2/members') {
        response.writeHead(statusOfAdd).end('{"id":"fade"}');
      } else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const idOf = (peerURL: string): string => memberIdOf([peerURL], FOUNDERS_TOKEN);
  const foundation = (): string => clusterIdOf([idOf(url), idOf(OWN)]);

  function shown({ peerURL, name, id }: (typeof members)[number]): string {
    return JSON.stringify({ id: 0, name, peerURLs: [peerURL], clientURLs: [url] }).replace(
      '"id":0',
      `"id":${BigInt(`0x${id}`)}`,
    );
  }

  /** Founded by the one at `url` and this member, which the cluster lists so. */
  function founded(own: { readonly peerURL?: string; readonly name: string }): void {
    members = [
      { peerURL: url, name: 'a', id: idOf(url) },
      { peerURL: OWN, id: idOf(OWN), ...own },
    ];
  }

  const AS_C = ['--name=c', `--initial-advertise-peer-urls=${OWN}`];

  test.each(['new', 'existing'])(
    'a founder that only has --join-urls founds no other cluster (state %s)',
    async (state) => {
      founded({ name: '' });
      const beginning = await begin([...AS_C, `--join-urls=${url}`, `--initial-cluster-state=${state}`], running());
      expect(beginning).toMatchObject({ kind: 'join', memberId: 'fade', clusterId: foundation() });
      expect(seen).toEqual([`DELETE /v2/members/${idOf(OWN)}?onlyIfLost=true`, 'POST /v2/members']);
    },
  );

  test('one that is listed by the URL of its DNS record, or by the one that it advertises, is no further member', async () => {
    const dns: Lookup = {
      resolveSrv: (name) =>
        Promise.resolve(
          name.startsWith('_etcd-server._')
            ? [
                { name: '127.0.0.1', port: Number(new URL(url).port) },
                { name: 'c.example.com', port: 2380 },
              ]
            : [],
        ),
      lookup: (host) => Promise.resolve([host === 'c.example.com' ? '10.0.0.3' : host]),
    };
    const flags = ['--name=c', '--initial-advertise-peer-urls=http://10.0.0.3:2380', '--discovery-srv=example.com'];
    for (const peerURL of [OWN, 'http://10.0.0.3:2380']) {
      for (const others of [`--join-urls=${url}`, `--peers=${url}`]) {
        founded({ peerURL, name: 'c' });
        seen = [];
        const beginning = await begin([...flags, others], running(), undefined, dns);
        expect(beginning).toMatchObject({ kind: 'join', memberId: 'fade' });
        expect(seen).toEqual([`DELETE /v2/members/${idOf(OWN)}?onlyIfLost=true`, 'POST /v2/members']);
      }
    }
    // Who is in no record may join all the same, and founds nothing.
    founded({ name: 'c' });
    const stranger = ['--initial-advertise-peer-urls=http://10.0.0.4:2380', '--discovery-srv=example.com'];
    expect(await begin([...stranger, `--join-urls=${url}`], running(), undefined, dns)).toMatchObject({ kind: 'join' });
    await expect(begin(stranger, running(), undefined, dns)).rejects.toThrow('cannot find local etcd member');
  });

  test('a return that was cut off between removal and addition goes on at the next start', async () => {
    founded({ name: 'c' });
    statusOfAdd = 500;
    const returning = new FakeReturnNotes();
    const flags = [...AS_C, `--initial-cluster=a=${url},c=${OWN}`, '--initial-cluster-state=existing'];
    const stop = new AbortController();
    const cut = begin(flags, stop.signal, returning);
    await until('it tried', 60_000, () => seen.includes('POST /v2/members') || undefined);
    stop.abort(new Error('stopped'));
    await expect(cut).rejects.toThrow('stopped');
    statusOfAdd = 201;
    await expect(begin(flags, running())).rejects.toThrow('has no member with the peer URL');
    expect(await begin(flags, running(), returning)).toMatchObject({ kind: 'join', memberId: 'fade' });
  });

  test.each([
    ['runs', 409],
    ['may not be removed by this one', 401],
  ])('one that is started beside a member that %s leaves no way back into the cluster', async (_what, status) => {
    founded({ name: 'c' });
    statusOfRemoval = status;
    const returning = new FakeReturnNotes();
    const flags = [...AS_C, `--initial-cluster=a=${url},c=${OWN}`, '--initial-cluster-state=existing'];
    const stop = new AbortController();
    const beside = begin(flags, stop.signal, returning);
    // Between two questions: while one is open nobody knows what becomes of it.
    await until('it was refused', 60_000, () => (seen.length > 0 && returning.clusterId === undefined) || undefined);
    stop.abort(new Error('stopped'));
    await expect(beside).rejects.toThrow('stopped');
    // Later an operator removes that member for good.
    members = members.slice(0, 1);
    await expect(begin(flags, running(), returning)).rejects.toThrow('has no member with the peer URL');
  });

  test('one that waits at a discovery service joins them once they answer', async () => {
    const service = await new FakeService().start();
    try {
      const token = service.token('t', '3');
      const begun = begin([...AS_C, `--join-urls=${url}`, `--discovery=${token}`], running());
      await until('it is registered', 60_000, () => service.keys.size === 2 || undefined);
      founded({ name: 'c' });
      expect(await begun).toMatchObject({ kind: 'join', memberId: 'fade', clusterId: foundation() });
    } finally {
      await service.stop();
    }
  });
});
