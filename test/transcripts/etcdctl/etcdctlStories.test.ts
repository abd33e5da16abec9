/** What was recorded of etcdctl 3.4 and etcd 3.4, byte for byte, of cairnctl and Cairn. */
import { basename } from 'node:path';
import { differences } from '../../../src/config/ctl/differences';
import { CommandPlayer } from './commandPlayer';
import { commandStoryFiles, expectationOf, readCommandStory } from './commandStory';

const stories = commandStoryFiles().map(readCommandStory);

test('each difference is in the table of them', () => {
  const named = new Set(stories.flatMap(({ steps }) => steps.flatMap(({ divergence }) => divergence ?? [])));
  expect([...named].filter((name) => differences[name] === undefined)).toEqual([]);
});

for (const { file, title, steps } of stories) {
  describe(`${basename(file)}: ${title}`, () => {
    let player: CommandPlayer;
    beforeAll(async () => {
      player = await CommandPlayer.start('cairnctl', 'cairn');
    });
    afterAll(async () => player.end());

    steps.forEach((step, index) => {
      test(`${index + 1}. ${step.run.join(' ')}`, async () => {
        expect(await player.play(step)).toEqual(expectationOf(step));
      });
    });
  });
}
