import { relative } from 'node:path';
import type { Program } from '../support/serverProcess';
import { Player } from './player';
import { readStory, storyFiles } from './story';
import type { Answer, Step } from './story';
import { compareAnswers } from './compareAnswers';

/** STORY_SERVER=etcd plays the stories against etcd itself: are the recordings repeatable? */
const program: Program = process.env['STORY_SERVER'] === 'etcd' ? 'etcd' : 'cairn';

for (const file of storyFiles(__dirname)) {
  const story = readStory(file);
  describe(`${relative(__dirname, file)}: ${story.title}`, () => {
    let player: Player;
    beforeAll(async () => {
      player = await Player.start(program);
    });
    afterAll(async () => player.end());

    story.steps.forEach((step, index) => {
      test(`${index + 1}. ${step.title}`, async () => {
        const answer = await player.play(step);
        if (step.kind !== 'restart' && step.kind !== 'hangUp')
          compareAnswers(expectationOf(step), answer, player.seconds);
      });
    });
  });
}

function expectationOf(step: Step): Answer {
  if (step.expect === undefined) throw new Error('this step was not recorded: run scripts/record-transcripts.js');
  return program === 'cairn' && step.cairn !== undefined ? overridden(step.expect, step.cairn) : step.expect;
}

function overridden(expected: Answer, own: Answer): Answer {
  const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  const answer: Answer = { ...expected, ...given };
  return {
    ...answer,
    ...(own.status === 0 ? { status: undefined, headers: undefined } : {}),
    ...(own.ending === 'complete' ? { ending: undefined } : {}),
    ...(own.further?.length === 0 ? { further: undefined } : {}),
  };
}
