/** What was recorded of etcdctl 3.4 and etcd 3.4, byte for byte: of cairnctl and Cairn, and of etcdctl and Cairn where it is installed. */
import { basename, join } from 'node:path';
import { differences } from '../../../src/config/ctl/differences';
import { whyNoEtcdctl } from '../../processes/etcdctlRunner';
import { CommandPlayer } from './commandPlayer';
import { commandStoryFiles, readCommandStory, type CommandOutcome, type CommandStep } from './commandStory';

const stories = commandStoryFiles().map(readCommandStory);
/** What etcdctl does with its arguments, its output and its endpoints says nothing about Cairn. */
const ABOUT_THE_STORE = ['auth.yaml', 'directories.yaml', 'keys.yaml', 'members.yaml', 'rights.yaml', 'watch.yaml'];

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

(whyNoEtcdctl() === undefined ? describe : describe.skip)('the same by etcdctl itself, against Cairn', () => {
  for (const name of ABOUT_THE_STORE) {
    const { steps } = readCommandStory(join(__dirname, name));
    test(name, async () => {
      const player = await CommandPlayer.start('etcdctl', 'cairn');
      try {
        for (const [index, step] of steps.entries()) {
          const outcome = await player.play(step);
          if (step.divergence === undefined) expect([index + 1, outcome]).toEqual([index + 1, expectationOf(step)]);
        }
      } finally {
        await player.end();
      }
    });
  }
});

function expectationOf({ run, expect: recorded, cairn }: CommandStep): CommandOutcome {
  if (recorded === undefined) throw new Error(`${run.join(' ')} was not recorded: run scripts/record-etcdctl.js`);
  const { code, stdout = '', stderr = '' } = { ...recorded, ...cairn };
  return { code, ...(stdout === '' ? {} : { stdout }), ...(stderr === '' ? {} : { stderr }) };
}
