/** Clients that bring more than there is room for, or do not take what they asked for. */
import { call } from '../../cluster/httpClient';
import { sleep, until } from '../../cluster/waiting';
import { ABUSE, type Attack, Findings, leaderFirst, type Scene } from '../attack';
import { Crowd, exchange, getRequest, putRequest } from '../crowd';

const MB = 1024 * 1024;
/** One buffer for all, so that the attacker needs no more memory than he has to. */
const LARGE = Buffer.from(`value=${'x'.repeat(9.9 * MB)}`);
const ANSWER_WITHIN_MS = 60_000;

export const BODIES: readonly Attack[] = [
  {
    name: '28 unfinished bodies of 10 MB',
    does: 'to each member, with the last bytes held back',
    run: async ({ cluster, durationMs }) => {
      const crowd = new Crowd();
      for (const { clientPort } of cluster.members) {
        for (let count = 0; count < 28; count++) {
          crowd.join(clientPort, putRequest(`${ABUSE}/half/${count}`, '', LARGE.length + 100)).write(LARGE);
        }
      }
      await sleep(durationMs);
      crowd.leave();
      return new Findings().sighting(`${crowd.opened} bodies`);
    },
    bounds: { memoryMb: 900 },
  },
  {
    name: 'values until the quota',
    does: 'values of 1 MB until 507; deletes are taken, and after them writes',
    run: fillStore,
    fillsStore: true,
    bounds: { memoryMb: 900 },
  },
  {
    name: 'stream watchers that do not read',
    does: '60 of them while events of 100 KB come; one that reads gets every event, in order',
    run: watchSlowly,
    bounds: { memoryMb: 900 },
  },
  {
    name: 'listing and deleting many keys',
    does: 'thousands of keys are listed by several clients and deleted as one',
    run: listAndDelete,
  },
  {
    name: '40 puts of 10 MB at once',
    does: 'each is carried out, refused with a reason (413, 503, 507) or answered that it took too long (500)',
    run: async ({ cluster }) => {
      const findings = new Findings();
      const statuses = new Map<string, number>();
      const tries = Array.from({ length: 40 }, async (_, count) => {
        const { clientPort } = cluster.members[count % cluster.members.length]!;
        const whole = (text: string): boolean => text.includes('\r\n\r\n');
        const { text } = await exchange(
          clientPort,
          [putRequest(`${ABUSE}/big/${count % 3}`, '', LARGE.length), LARGE],
          ANSWER_WITHIN_MS,
          whole,
        );
        const status = text.slice(9, 12);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        findings.expect(
          /^(?:20[01]|413|500|503|507)$/.test(status),
          `a put is answered ${JSON.stringify(text.slice(0, 90))}`,
        );
      });
      await Promise.all(tries);
      return findings.sighting([...statuses].map(([status, count]) => `${count} x ${status || 'nothing'}`).join(', '));
    },
    fillsStore: true,
    // 400 MB through all members: on a busy machine that is minutes, in which the client may get an answer at its last attempt.
    bounds: { waitMs: 120_000, pauseMs: Infinity, memoryMb: 1200 },
  },
];

async function fillStore({ cluster }: Scene): ReturnType<Attack['run']> {
  const findings = new Findings();
  const [leader] = await leaderFirst(cluster);
  const value = 'x'.repeat(MB);
  let taken = 0;
  let refusal: string | undefined;
  for (; refusal === undefined && taken < 200; taken++) {
    const { status, text } = await leader!.put(`${ABUSE}/fill/${taken}`, value, ANSWER_WITHIN_MS);
    if (status !== 201) refusal = `${status} ${text.slice(0, 120)}`;
  }
  findings.expect(refusal?.startsWith('507') === true, `the store took 200 MB or refused otherwise: ${refusal}`);
  const remove = { method: 'DELETE', target: `/v2/keys${ABUSE}/fill?recursive=true` };
  const { status } = await call(leader!.clientPort, remove, ANSWER_WITHIN_MS);
  findings.expect(status === 200, `a full store answers a deletion ${status}`);
  await until('writes are taken again', 60_000, async () => {
    return (await leader!.put(`${ABUSE}/again`, 'x', ANSWER_WITHIN_MS)).status < 300 || undefined;
  });
  return findings.sighting(`${taken - 1} MB taken, then 507`);
}

/** The value of an event, not the one before it, which is in its prevNode. */
const WATCHED_VALUE = /"node":\{"key":"[^"]*","value":"(\d+)-x/g;
const WATCHED_VALUE_LENGTH_MAX = 200;

async function watchSlowly({ cluster, durationMs }: Scene): ReturnType<Attack['run']> {
  const findings = new Findings();
  const crowd = new Crowd();
  const directory = `${ABUSE}/watched`;
  const request = getRequest(`/v2/keys${directory}?wait=true&stream=true&recursive=true`);
  for (let count = 0; count < 60; count++) {
    crowd.join(cluster.members[count % cluster.members.length]!.clientPort, request, false);
  }
  const seen: number[] = [];
  let tail = '';
  const reader = crowd.join(cluster.members[0]!.clientPort, request);
  reader.setEncoding('latin1');
  reader.on('data', (piece: string) => {
    const text = tail + piece;
    let end = 0;
    for (const match of text.matchAll(WATCHED_VALUE)) {
      seen.push(Number(match[1]));
      end = match.index + match[0].length;
    }
    // No value is found twice: what is kept begins behind the last one.
    tail = text.slice(Math.max(end, text.length - WATCHED_VALUE_LENGTH_MAX));
  });
  await sleep(300);
  const endMs = performance.now() + durationMs;
  let written = 0;
  while (performance.now() < endMs && written < 150) {
    const { status, text } = await cluster.members[0]!.put(
      `${directory}/key`,
      `${written}-x${'y'.repeat(100_000)}`,
      20_000,
    );
    findings.expect(status < 300, `an event: ${status} ${text.slice(0, 100)}`);
    written += 1;
  }
  await until('the reading watcher has all events', 60_000, () => seen.length >= written).catch((error: unknown) =>
    findings.expect(false, `${String(error)}: ${seen.length} of ${written}`),
  );
  findings.expect(
    seen.every((number, position) => number === position),
    `the reading watcher has events out of order: ${seen.join(' ').slice(0, 200)}`,
  );
  crowd.leave();
  return findings.sighting(`${written} events of 100 KB`);
}

async function listAndDelete({ cluster, durationMs }: Scene): ReturnType<Attack['run']> {
  const findings = new Findings();
  const crowd = new Crowd();
  const [leader, ...others] = await leaderFirst(cluster);
  const endMs = performance.now() + durationMs;
  let made = 0;
  const make = async (): Promise<void> => {
    while (performance.now() < endMs) {
      const bytes = Array.from({ length: 100 }, () => putRequest(`${ABUSE}/many/${made++}`, 'value=x'));
      const last = bytes
        .join('')
        .replace(/(Host: localhost)(?![\s\S]*Host: localhost)/, 'Host: localhost\r\nConnection: close');
      await exchange(leader!.clientPort, last, ANSWER_WITHIN_MS);
    }
  };
  await Promise.all([make(), make(), make(), make()]);
  const listing = getRequest(`/v2/keys${ABUSE}/many?recursive=true&sorted=true`).repeat(5);
  for (const { clientPort } of [leader!, ...others])
    for (let count = 0; count < 3; count++) crowd.join(clientPort, listing);
  const target = `/v2/keys${ABUSE}/many?recursive=true`;
  const { text } = await leader!.get(`/v2/keys${ABUSE}/many`, ANSWER_WITHIN_MS);
  const listed = (JSON.parse(text).node?.nodes ?? []).length;
  findings.expect(listed === made, `${listed} of ${made} keys are listed`);
  const { status } = await call(leader!.clientPort, { method: 'DELETE', target }, ANSWER_WITHIN_MS);
  findings.expect(status === 200, `the deletion of ${made} keys: ${status}`);
  crowd.leave();
  return findings.sighting(`${made} keys`);
}
