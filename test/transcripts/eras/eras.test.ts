/**
 * What etcd 0.1 and 0.4 answered, told as stories (README.md): by a member alone, and by a follower of three. No program that could be asked
 * again is left, so the answers are those of the documents and of the fact sheet. `<+N>` is an index: N after the first one.
 */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stablePort } from '../../support/ports';
import { fetchText } from '../../support/exchange';
import { ServerProcess } from '../../support/serverProcess';
import { compareAnswers } from '../compareAnswers';
import { Player } from '../player';
import { parseStory, readStory, storyFiles, type Story } from '../story';

type Members = readonly ServerProcess[];

const stages: readonly (readonly [string, () => Promise<Members>])[] = [
  ['one member', async () => [await ServerProcess.start('cairn')]],
  ['a follower of three members', three],
];

async function three(): Promise<Members> {
  const places: { name: string; clientPort: number; peerPort: number }[] = [];
  for (const name of ['a', 'b', 'c'])
    places.push({ name, clientPort: await stablePort(), peerPort: await stablePort() });
  const initialCluster = places.map(({ name, peerPort }) => `${name}=http://127.0.0.1:${peerPort}`).join(',');
  return Promise.all(places.map((place) => ServerProcess.start('cairn', { ...place, initialCluster })));
}

/** Whoever is asked: a follower, if there are several. */
async function askedOf(members: Members): Promise<ServerProcess> {
  const states = await Promise.all(members.map(stateOf));
  const asked = members.length === 1 ? members[0] : members.find((_, index) => states[index] === 'StateFollower');
  if (asked === undefined) throw new Error(`there is no follower: ${states.join()}`);
  return asked;
}

/** Takes away what a story left: above all keys whose time would come in the midst of the next one, and take an index. */
async function clear({ clientPort }: ServerProcess): Promise<void> {
  const answer = await fetchText(clientPort, 'GET', '/v2/keys/?quorum=true');
  const { node } = JSON.parse(answer.body) as { node: { nodes?: { key: string }[] } };
  for (const key of [...(node.nodes ?? []).map((each) => each.key), '/_etcd/mod'])
    await fetchText(clientPort, 'DELETE', `/v2/keys${encodeURI(key)}?recursive=true`);
}

function removeAll(members: Members): Promise<unknown> {
  return Promise.all(members.map((member) => member.remove()));
}

async function stateOf({ clientPort }: ServerProcess): Promise<string> {
  return (JSON.parse((await fetchText(clientPort, 'GET', '/v2/stats/self')).body) as { state: string }).state;
}

/** The index that the next write of anybody follows: it stands still once all members have made themselves known. */
async function indexOf({ clientPort }: ServerProcess, members: number): Promise<number> {
  for (;;) {
    const answer = await fetchText(clientPort, 'GET', '/v2/keys/_etcd/machines?quorum=true');
    const { node } = JSON.parse(answer.body) as { node?: { nodes?: unknown[]; modifiedIndex: number } };
    if (node?.nodes?.length === members) return Number(answer.header('X-Etcd-Index'));
    await new Promise((done) => setTimeout(done, 50));
  }
}

function fromIndex(file: string, index: number): Story {
  const text = readFileSync(file, 'utf8').replace(/<\+(\d+)(:20)?>/g, (_, after: string, padded?: string) =>
    String(index + Number(after)).padStart(padded === undefined ? 0 : 20, '0'),
  );
  return parseStory(file, text);
}

describe.each(stages)('asked of %s', (_name, start) => {
  /** Of all that is told but a story in which a member is started again. */
  let shared: Members;

  beforeAll(async () => {
    shared = await start();
  });
  afterAll(() => removeAll(shared));

  for (const file of storyFiles(__dirname)) {
    const told = readStory(file);
    const isAlone = told.steps.some(({ kind }) => kind === 'restart');
    describe(`${relative(__dirname, file)}: ${told.title}`, () => {
      let members: Members;
      let player: Player;
      let story: Story;

      beforeAll(async () => {
        members = isAlone ? await start() : shared;
        const asked = await askedOf(members);
        player = Player.against(asked);
        await indexOf(asked, members.length);
        await clear(asked);
        story = fromIndex(file, await indexOf(asked, members.length));
      });
      afterAll(async () => {
        if (!isAlone) {
          player.leave();
          return;
        }
        await player.end();
        await removeAll(members);
      });

      told.steps.forEach(({ title }, index) => {
        test(`${index + 1}. ${title}`, async () => {
          const step = story.steps[index]!;
          if (step.kind === 'restart' || step.kind === 'hangUp') {
            await player.play(step);
            return;
          }
          if (step.expect === undefined) throw new Error('this step says nothing about its answer');
          compareAnswers(step.expect, await player.play(step), player.seconds);
        });
      });
    });
  }

  /** These answers have addresses in them, which no file can tell. */
  describe('v1: the machines', () => {
    let asked: ServerProcess;
    const clientUrl = ({ clientPort }: ServerProcess): string => `http://127.0.0.1:${clientPort}`;
    const peerUrl = ({ peerPort }: ServerProcess): string => `http://127.0.0.1:${peerPort}`;
    const get = async (path: string): Promise<{ status: number; body: string }> => {
      const { status, body } = await fetchText(asked.clientPort, 'GET', path);
      return { status, body };
    };

    beforeAll(async () => {
      asked = await askedOf(shared);
      await indexOf(asked, shared.length);
    });

    test('are keys, with the values that 0.2 and later gave them', async () => {
      const { status, body } = await get('/v1/keys/_etcd/machines/');
      expect(status).toBe(200);
      expect(body).toContain('\\u0026raft=');
      const listed = JSON.parse(body) as { action: string; key: string; value: string; index: number }[];
      const wanted = shared.map((member) =>
        String(new URLSearchParams({ etcd: clientUrl(member), raft: peerUrl(member) })),
      );
      expect(listed.map(({ value }) => value).sort()).toEqual(wanted.sort());
      for (const { action, key, value } of listed) {
        expect([action, key]).toEqual(['GET', expect.stringMatching(/^\/_etcd\/machines\/[^/]+$/)]);
        expect(JSON.parse((await get(`/v1/keys${key}`)).body)).toMatchObject({ action: 'GET', key, value });
      }
    });

    test.each(['/machines', '/v1/machines', '/v2/machines'])('%s has their client URLs', async (path) => {
      const { status, body } = await get(path);
      expect([status, body.split(', ').sort()]).toEqual([200, shared.map(clientUrl).sort()]);
    });

    test.each(['/leader', '/v1/leader', '/v2/leader'])('%s has the peer URL of the one that leads', async (path) => {
      const states = await Promise.all(shared.map(stateOf));
      const leader = shared[states.indexOf('StateLeader')]!;
      expect(await get(path)).toEqual({ status: 200, body: peerUrl(leader) });
    });

    test('/stats counts, and /v1/stats says what /v2/stats does', async () => {
      const counts = JSON.parse((await get('/stats')).body) as object;
      expect(Object.keys(counts)).toEqual(['gets', 'sets', 'deletes', 'testAndSets']);
      expect((await get('/v1/stats/store')).body).toBe((await get('/v2/stats/store')).body);
      const [first, second] = [await get('/v1/stats/leader'), await get('/v2/stats/leader')];
      expect(first.status).toBe(shared.length === 1 ? 200 : 403);
      expect(second.status).toBe(first.status);
      expect(JSON.parse((await get('/v1/stats/self')).body)).toMatchObject({ name: expect.any(String) as string });
    });
  });
});
