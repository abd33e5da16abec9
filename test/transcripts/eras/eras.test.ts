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

interface Stage {
  /** Whoever is asked. */
  readonly server: ServerProcess;
  readonly others: readonly ServerProcess[];
}

const stages: readonly (readonly [string, () => Promise<Stage>])[] = [
  ['one member', async () => ({ server: await ServerProcess.start('cairn'), others: [] })],
  ['a follower of three members', followerOfThree],
];

async function followerOfThree(): Promise<Stage> {
  const places: { name: string; clientPort: number; peerPort: number }[] = [];
  for (const name of ['a', 'b', 'c'])
    places.push({ name, clientPort: await stablePort(), peerPort: await stablePort() });
  const initialCluster = places.map(({ name, peerPort }) => `${name}=http://127.0.0.1:${peerPort}`).join(',');
  const members = await Promise.all(places.map((place) => ServerProcess.start('cairn', { ...place, initialCluster })));
  const states = await Promise.all(members.map(stateOf));
  const server = members.find((_, index) => states[index] === 'StateFollower');
  if (server === undefined) throw new Error(`there is no follower: ${states.join()}`);
  return { server, others: members.filter((member) => member !== server) };
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
  for (const file of storyFiles(__dirname)) {
    const told = readStory(file);
    describe(`${relative(__dirname, file)}: ${told.title}`, () => {
      let stage: Stage;
      let player: Player;
      let story: Story;

      beforeAll(async () => {
        stage = await start();
        player = Player.against(stage.server);
        story = fromIndex(file, await indexOf(stage.server, 1 + stage.others.length));
      });
      afterAll(async () => {
        await player.end();
        await Promise.all(stage.others.map((other) => other.remove()));
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
    let stage: Stage;
    let members: readonly ServerProcess[];
    const clientUrl = ({ clientPort }: ServerProcess): string => `http://127.0.0.1:${clientPort}`;
    const peerUrl = ({ peerPort }: ServerProcess): string => `http://127.0.0.1:${peerPort}`;
    const get = async (path: string): Promise<{ status: number; body: string }> => {
      const { status, body } = await fetchText(stage.server.clientPort, 'GET', path);
      return { status, body };
    };

    beforeAll(async () => {
      stage = await start();
      members = [stage.server, ...stage.others];
      await indexOf(stage.server, members.length);
    });
    afterAll(() => Promise.all(members.map((member) => member.remove())));

    test('are keys, with the values that 0.2 and later gave them', async () => {
      const { status, body } = await get('/v1/keys/_etcd/machines/');
      expect(status).toBe(200);
      expect(body).toContain('\\u0026raft=');
      const listed = JSON.parse(body) as { action: string; key: string; value: string; index: number }[];
      const wanted = members.map((member) =>
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
      expect([status, body.split(', ').sort()]).toEqual([200, members.map(clientUrl).sort()]);
    });

    test.each(['/leader', '/v1/leader', '/v2/leader'])('%s has the peer URL of the one that leads', async (path) => {
      const states = await Promise.all(members.map(stateOf));
      const leader = members[states.indexOf('StateLeader')]!;
      expect(await get(path)).toEqual({ status: 200, body: peerUrl(leader) });
    });

    test('/stats counts, and /v1/stats says what /v2/stats does', async () => {
      const counts = JSON.parse((await get('/stats')).body) as object;
      expect(Object.keys(counts)).toEqual(['gets', 'sets', 'deletes', 'testAndSets']);
      expect((await get('/v1/stats/store')).body).toBe((await get('/v2/stats/store')).body);
      const [first, second] = [await get('/v1/stats/leader'), await get('/v2/stats/leader')];
      expect(first.status).toBe(stage.others.length === 0 ? 200 : 403);
      expect(second.status).toBe(first.status);
      expect(JSON.parse((await get('/v1/stats/self')).body)).toMatchObject({ name: expect.any(String) as string });
    });
  });
});
