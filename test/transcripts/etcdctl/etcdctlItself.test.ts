/** What was recorded of etcdctl 3.4 and etcd 3.4, of etcdctl and Cairn. */
import { join } from 'node:path';
import { whyNoEtcdctl } from '../../processes/etcdctlRunner';
import { CommandPlayer } from './commandPlayer';
import { expectationOf, readCommandStory } from './commandStory';

/** What etcdctl does with its arguments, its output and its endpoints says nothing about Cairn. */
const ABOUT_THE_STORE = ['auth.yaml', 'directories.yaml', 'keys.yaml', 'members.yaml', 'rights.yaml', 'watch.yaml'];

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
