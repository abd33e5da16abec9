/** Who lies to a standby, or says that he is one: a host in the place of a member, a cluster at the same addresses, and a stranger. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { Agent, createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Cluster } from './cluster';
import type { ClusterMember } from './clusterMember';
import { call } from './httpClient';
import { sleep, until } from './waiting';

jest.setTimeout(120_000);

let cluster: Cluster;
let standby: ClusterMember;
let leader: ClusterMember;
let follower: ClusterMember;
const hosts: Server[] = [];

/** Three members, and one more that waits for a place. */
beforeAll(async () => {
  cluster = await Cluster.start({ size: 4, electionTimeoutMs: 400 });
  await settings(cluster.members[0]!, { activeSize: 3, removeDelay: 1800, syncInterval: 1 });
  standby = await until('one is a standby', 60_000, async () => {
    for (const member of cluster.members)
      if ((await member.get('/metrics', 2000)).text.includes('cairn_standby 1')) return member;
    return undefined;
  });
}, 120_000);

beforeEach(async () => {
  leader = await whoLeads();
  follower = cluster.members.find((each) => each !== standby && each !== leader)!;
  await knowsLeader();
});

afterAll(async () => {
  for (const host of hosts) {
    host.closeAllConnections();
    host.close();
  }
  await cluster.end();
});

async function listen(port: number, answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const host = createServer(answer);
  hosts.push(host);
  await new Promise<void>((resolve) => host.listen(port, '127.0.0.1', resolve));
  return (host.address() as AddressInfo).port;
}

async function settings(through: ClusterMember, json: object): Promise<void> {
  await until('the settings are set', 60_000, async () => {
    return (await call(through.clientPort, { method: 'PUT', target: '/v2/admin/config', json })).status === 200;
  });
}

async function whereTo(member: ClusterMember): Promise<string> {
  const { status, headers } = await call(member.clientPort, { method: 'GET', target: '/v2/keys/kept' });
  return status === 307 ? String(headers.location) : `status ${status}`;
}

/** On a machine that is busy it is not the same one for ever. */
const whoLeads = (): Promise<ClusterMember> =>
  until('one leads', 60_000, async () => {
    const states = cluster.members.map(async (each) =>
      each === standby || !each.isRunning ? '' : (await each.self()).state,
    );
    return cluster.members[(await Promise.all(states)).indexOf('StateLeader')];
  });

const placeAt = (member: ClusterMember): string => `${member.clientUrl}/v2/keys/kept`;

const knowsLeader = (): Promise<unknown> =>
  until('it knows the leader', 60_000, async () => (await whereTo(standby)) === placeAt(await whoLeads()));

/** Of these places those where no client should be sent. On a machine that is busy the members may answer too late for a moment. */
function wrongOf(places: Iterable<string>): string[] {
  const right = cluster.members.filter((each) => each !== standby && each !== follower).map(placeAt);
  return [...places].filter((each) => !right.includes(each) && each !== 'status 400');
}

const descriptorsOf = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

test('a stranger that says he waits for a place makes no silent member lose its own', async () => {
  await standby.kill();
  await follower.kill();
  await settings(leader, { removeDelay: 2 });
  let asked = 0;
  const port = await listen(0, (_request, response) => {
    asked += 1;
    response.writeHead(404).end();
  });
  const endMs = Date.now() + 7000;
  while (Date.now() < endMs) {
    for (const url of [`http://127.0.0.1:${port}`, 'http://127.0.0.1:1']) {
      const target = `/standby?peerURL=${encodeURIComponent(url)}`;
      await call(leader.place.peerPort, { method: 'POST', target });
    }
    await sleep(500);
  }
  expect(asked).toBeGreaterThan(0);
  expect((await leader.members()).map(({ name }) => name)).toContain(follower.name);
  await settings(leader, { removeDelay: 1800 });
  follower.start();
  standby.start();
  await follower.healthy();
  await knowsLeader();
});

test('a stranger that says it of hundreds of URLs at which nobody answers does not delay the replacement', async () => {
  // Taken, and never answered.
  const port = await listen(0, () => undefined);
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  let said = 0;
  const say = async (): Promise<void> => {
    const url = `http://127.${1 + (said++ % 200)}.0.1:${port}`;
    const path = `/standby?peerURL=${encodeURIComponent(url)}`;
    const where = { host: '127.0.0.1', port: leader.place.peerPort, localAddress: '127.0.0.2', agent };
    await new Promise<void>((resolve) => {
      const sent = request({ ...where, path, method: 'POST' }, (answer) => answer.resume().on('end', resolve));
      sent.on('error', () => {
        resolve();
      });
      sent.end();
    });
  };
  await standby.kill();
  const timer = setInterval(() => void Promise.all(Array.from({ length: 8 }, say)), 20);
  try {
    await until('the stranger was first', 60_000, () => said > 1000);
    standby.start();
    await knowsLeader();
    await settings(leader, { removeDelay: 2 });
    await follower.kill();
    await until('the standby took the place', 60_000, async () => {
      const names = (await leader.members()).map(({ name }) => name);
      return names.includes(standby.name) && !names.includes(follower.name);
    });
  } finally {
    clearInterval(timer);
    agent.destroy();
  }
  // For the next story they have changed their parts.
  [standby, follower] = [follower, standby];
  await settings(leader, { removeDelay: 1800 });
  standby.start();
  await follower.healthy();
  await knowsLeader();
});

/** Each in place of what a member answers; `said` is what it would say of its members. */
const LIES: Readonly<Record<string, (response: ServerResponse, said: Said) => void>> = {
  'a body without an end': (response) => {
    const timer = setInterval(() => response.write(Buffer.alloc(65_536, 0x20)), 1);
    response.on('close', () => {
      clearInterval(timer);
    });
  },
  'hints without an end': (response) => {
    const timer = setInterval(() => response.socket?.write('HTTP/1.1 102 Processing\r\n\r\n'.repeat(1000)), 1);
    response.on('close', () => {
      clearInterval(timer);
    });
  },
  'a body that drips': (response) => {
    const timer = setInterval(() => response.write(' '), 100);
    response.on('close', () => {
      clearInterval(timer);
    });
  },
  'a redirect': (response, { evil }) => response.writeHead(307, { Location: `${evil}/members` }).end(),
  'that it is gone': (response, { members }) => response.writeHead(410).end(JSON.stringify(members)),
  'another list each time': (response, { count, evil }) =>
    response.end(JSON.stringify([{ id: count, name: 'x', peerURLs: [evil], clientURLs: [evil] }])),
  'that the standby is a member already': (response, { members, own }) =>
    response.end(JSON.stringify([...members, { id: 77, name: '', peerURLs: [own], clientURLs: [] }])),
  'a deep answer': (response) => response.end('['.repeat(500_000)),
  'half of an answer': (response) => response.end('[{"id":'),
  'bytes that are no text': (response) => response.end(Buffer.from('[{"id":1,"name":"\xff\xfe\xc0"}]', 'latin1')),
  nothing: (response) => void response.socket?.destroy(),
};

interface Said {
  readonly members: readonly object[];
  readonly evil: string;
  /** Where the standby itself would be found. */
  readonly own: string;
  /** Of the questions so far. */
  readonly count: number;
}

test('whatever a host in the place of a member answers, the standby goes on, and sends clients to the leader', async () => {
  const clusterId = await leader.clusterId();
  const members = (await leader.members()).map((member) => ({ ...member, id: 1 }));
  await follower.kill();
  let lie = '';
  let count = 0;
  const evil = `http://127.0.0.1:${await listen(0, (_request, response) => response.end())}`;
  await listen(follower.place.peerPort, (_request, response) => {
    count += 1;
    response.setHeader('X-Etcd-Cluster-Id', clusterId);
    LIES[lie]!(response, { members, evil, own: standby.place.peerUrl, count });
  });
  const { pid } = standby;
  const openAtFirst = descriptorsOf(pid!);
  for (const name of Object.keys(LIES)) {
    [lie, count] = [name, 0];
    const places = new Set<string>();
    await until(`it was told ${name}`, 60_000, async () => {
      places.add(await whereTo(standby));
      return count > 4;
    });
    expect([name, wrongOf(places)]).toEqual([name, []]);
    await knowsLeader();
  }
  expect([standby.isRunning, standby.pid, existsSync(join(standby.dataDir, 'db'))]).toEqual([true, pid, false]);
  await until('its connections are closed', 60_000, () => descriptorsOf(pid!) <= openAtFirst + 8);
  const host = hosts.pop()!;
  host.closeAllConnections();
  await new Promise((resolve) => host.close(resolve));
  follower.start();
  await follower.healthy();
  await knowsLeader();
});

test('one host that lies in the place of a member sends nobody to itself, and takes nobody over', async () => {
  const clusterId = await leader.clusterId();
  const peerUrls = (await leader.members()).flatMap(({ peerURLs }) => peerURLs);
  // It was started while one of them was away.
  const note = await until('it has noted all members', 60_000, () => {
    const text = readFileSync(join(standby.dataDir, 'STANDBY'), 'utf8');
    return peerUrls.every((url) => text.includes(`"${url}"`)) ? text : undefined;
  });
  await follower.kill();
  const asked: string[] = [];
  let named = clusterId;
  let evil = '';
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const { method, url = '' } = request;
    asked.push(`${method} ${url.split('?', 1)[0]}`);
    if (url.startsWith('/standby')) {
      response.end(JSON.stringify({ room: true, syncInterval: 1, leader: evil }));
    } else {
      const members = [1, 2, 3].map((id) => ({ id, name: `evil${id}`, peerURLs: [evil], clientURLs: [evil] }));
      response.setHeader('X-Etcd-Cluster-Id', named).end(JSON.stringify(members));
    }
  };
  evil = `http://127.0.0.1:${await listen(0, answer)}`;
  await listen(follower.place.peerPort, answer);
  const places = new Set<string>();
  for (const clusterNamed of [clusterId, '1234']) {
    named = clusterNamed;
    asked.length = 0;
    await until('it was asked', 60_000, () => asked.filter((line) => line === 'POST /standby').length > 2);
    places.add(await whereTo(standby));
  }
  expect(wrongOf(places)).toEqual([]);
  await knowsLeader();
  expect(readFileSync(join(standby.dataDir, 'STANDBY'), 'utf8')).toBe(note);
  // Nor when it is the only one that answers, and when the standby is started again meanwhile.
  await Promise.all(cluster.members.filter((each) => each !== standby && each !== follower).map((each) => each.stop()));
  await until('nobody leads', 60_000, async () => (await whereTo(standby)) === 'status 400');
  await standby.kill();
  asked.length = 0;
  standby.start();
  await until('it was asked again', 60_000, () => asked.includes('GET /members'));
  await sleep(1500);
  expect(asked).not.toContain('POST /members');
  expect(standby.logs()).toContain('of the 3 members that are known answer for the cluster');
  expect(readFileSync(join(standby.dataDir, 'STANDBY'), 'utf8')).toBe(note);
  expect(existsSync(join(standby.dataDir, 'db'))).toBe(true);
});
