/** Clients that send what is no request, too many at once, or too slowly. */
import { sleep } from '../../cluster/waiting';
import { ABUSE, type Attack, Findings, leaderFirst, type Scene } from '../attack';
import { Crowd, exchange, getRequest, putRequest } from '../crowd';

const NO_REQUESTS: Readonly<Record<string, string>> = {
  'two Host headers': 'GET /version HTTP/1.1\r\nHost: localhost\r\nHost: b\r\n\r\n',
  'no Host': 'GET /version HTTP/1.1\r\n\r\n',
  'HTTP/0.9': 'GET /version HTTP/0.9\r\nHost: localhost\r\n\r\n',
  'HTTP/2.0': 'GET /version HTTP/2.0\r\nHost: localhost\r\n\r\n',
  'no version': 'GET /version\r\nHost: localhost\r\n\r\n',
  'a TLS hello': `\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03${'x'.repeat(160)}`,
  'the greeting of SSH': 'SSH-2.0-OpenSSH_9.2\r\n',
};
const ANSWER_WITHIN_MS = 20_000;

/** A status, what was done with which value, or the code of an error. */
const ANSWER =
  /^(?:HTTP\/1\.1 (\d+)|\{"action":"(\w+)","node":\{"key":"[^"]*"(?:,"value":"(\d)")?|\{"errorCode":(\d+))/gm;

export const CONNECTIONS: readonly Attack[] = [
  {
    name: 'what is no request',
    does: 'two Host headers, HTTP/0.9, HTTP/2.0, a TLS hello on the plain port: each is answered 400 and closed',
    run: async ({ cluster }) => {
      const findings = new Findings();
      const tries = cluster.members.flatMap(({ clientPort }) =>
        Object.entries(NO_REQUESTS).map(async ([what, bytes]) => {
          const { text, isClosed } = await exchange(clientPort, Buffer.from(bytes, 'latin1'), ANSWER_WITHIN_MS);
          findings.expect(/^HTTP\/1\.1 400 /.test(text), `${what} is answered ${JSON.stringify(text.slice(0, 60))}`);
          findings.expect(isClosed, `the connection stays open after ${what}`);
        }),
      );
      await Promise.all(tries);
      return findings.sighting(`${tries.length} connections`);
    },
  },
  {
    name: 'pipelined requests, in order',
    does: 'PUT, GET, PUT, GET, DELETE, GET in one piece on many connections: carried out and answered in that order',
    run: pipelineInOrder,
  },
  {
    name: '300 pipelined listings, unread',
    does: 'of a directory of 1 MB, on ten connections to each member; who does not read gets nothing more computed',
    run: async (scene) => {
      const members = await leaderFirst(scene.cluster);
      for (let count = 0; count < 20; count++) {
        await members[0]!.put(`${ABUSE}/large/${count}`, 'x'.repeat(50_000), ANSWER_WITHIN_MS);
      }
      const crowd = new Crowd();
      const bytes = getRequest(`/v2/keys${ABUSE}/large?recursive=true`).repeat(300);
      for (const { clientPort } of members)
        for (let count = 0; count < 10; count++) crowd.join(clientPort, bytes, false);
      await sleep(scene.durationMs);
      crowd.leave();
      return new Findings().sighting(`${crowd.opened * 300} listings asked for`);
    },
  },
  {
    name: 'half requests',
    does: 'announced bodies that do not come, connections that end in the middle: nothing is carried out',
    run: sendHalves,
  },
  {
    name: 'slow headers and bodies',
    does: '300 connections that send a byte at a time',
    run: async ({ cluster, durationMs, random }) => {
      const crowd = new Crowd();
      const kinds = [getRequest('/version'), putRequest(`${ABUSE}/slow`, `value=${'x'.repeat(1000)}`)];
      const sockets = Array.from({ length: 300 }, () => {
        const bytes = random.pick(kinds);
        const start = random.integer(1, bytes.length - 100 > 0 ? bytes.length - 100 : 5);
        const socket = crowd.join(random.pick(cluster.members).clientPort, bytes.slice(0, start));
        return { socket, bytes, position: start };
      });
      const endMs = performance.now() + durationMs;
      while (performance.now() < endMs) {
        await sleep(200);
        for (const slow of sockets) {
          if (slow.socket.destroyed || slow.position >= slow.bytes.length - 1) continue;
          slow.socket.write(slow.bytes[slow.position]!);
          slow.position += 1;
        }
      }
      const { open } = crowd;
      crowd.leave();
      return new Findings().sighting(`${crowd.opened} connections, ${open} open at the end`);
    },
  },
];

async function pipelineInOrder({ cluster, durationMs }: Scene): ReturnType<Attack['run']> {
  const findings = new Findings();
  const endMs = performance.now() + durationMs;
  let count = 0;
  const one = async (port: number, number: number): Promise<void> => {
    const key = `${ABUSE}/order/${number}`;
    const get = getRequest(`/v2/keys${key}?quorum=true`);
    const remove = `DELETE /v2/keys${key} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
    const last = `${getRequest(`/v2/keys${key}?quorum=true`).slice(0, -2)}Connection: close\r\n\r\n`;
    const bytes = putRequest(key, 'value=1') + get + putRequest(key, 'value=2') + get + remove + last;
    const { text } = await exchange(port, bytes, ANSWER_WITHIN_MS);
    const seen = [...text.matchAll(ANSWER)]
      .map(([, status, action, value, code]) => status ?? code ?? `${action} ${value ?? ''}`.trim())
      .join(',');
    const expected = '201,set 1,200,get 1,200,set 2,200,get 2,200,delete,404,100';
    findings.expect(seen === expected, `answered ${seen} instead of ${expected}`);
  };
  while (performance.now() < endMs) {
    await Promise.all(
      Array.from({ length: 12 }, () => {
        count += 1;
        return one(cluster.members[count % cluster.members.length]!.clientPort, count);
      }),
    );
  }
  return findings.sighting(`${count} connections`);
}

async function sendHalves({ cluster, durationMs }: Scene): ReturnType<Attack['run']> {
  const findings = new Findings();
  const crowd = new Crowd();
  const [first] = cluster.members;
  const key = `${ABUSE}/kept`;
  await first!.put(key, 'before', ANSWER_WITHIN_MS);
  const put = putRequest(key, 'value=after');
  const halves = [
    putRequest(key, '', 123),
    putRequest(key, 'value=af', 123),
    putRequest(key, '', 123).replace('PUT', 'POST'),
    putRequest(key, '', 123).replace('PUT', 'DELETE'),
    `PUT /v2/keys${key}?value=after HTTP/1.1\r\nHost: localhost\r\nContent-Length: 123\r\n\r\n`,
    `PUT /v2/keys${key} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nvalue`,
    put.slice(0, put.length - 3),
    put.slice(0, 40),
  ];
  const endMs = performance.now() + durationMs;
  let answered = 0;
  while (performance.now() < endMs) {
    const tries = cluster.members.flatMap(({ clientPort }) => {
      // Some are left hanging, some are hung up on, some end their half.
      for (const bytes of halves) crowd.join(clientPort, bytes);
      for (const bytes of halves) crowd.join(clientPort, bytes).end();
      return halves.map((bytes) => exchange(clientPort, bytes, 2000, undefined, true));
    });
    answered += (await Promise.all(tries)).filter(({ text }) => / 4\d\d /.test(text.slice(0, 20))).length;
    await crowd.breathe(300);
  }
  crowd.leave();
  const value = await first!.value(key, '?quorum=true');
  findings.expect(value === 'before', `half a request was carried out: the value is ${JSON.stringify(value)}`);
  return findings.sighting(`${crowd.opened} left, ${answered} answered 4xx`);
}
