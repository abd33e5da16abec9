'use strict';

// Plays the stories of test/transcripts against a real etcd 3.4 and writes down what it answers.
//
//   node scripts/record-transcripts.js [story.yaml ...]      default: all of them
//
// Only the `expect:` part of each step is written; comments, requests and `cairn:` parts stay as they are.

const { readFileSync, writeFileSync } = require('node:fs');
const { basename, join, resolve } = require('node:path');
const { Scalar, isMap } = require('yaml');
const { withOutcomes } = require('./recordedStory.js');
require('./run-typescript.js');
const { Player } = require('../test/transcripts/player.ts');
const { readStory, storyFiles } = require('../test/transcripts/story.ts');
const { whyMissing } = require('../test/support/serverProcess.ts');

async function main(files) {
  const missing = whyMissing('etcd');
  if (missing !== undefined) throw new Error(missing);
  for (const file of files) {
    const answers = await play(readStory(file));
    writeFileSync(file, withOutcomes(readFileSync(file, 'utf8'), answers, answerNode, true));
    process.stdout.write(`${basename(file)}: ${answers.length} steps recorded\n`);
  }
}

async function play(story) {
  const player = await Player.start('etcd');
  const answers = [];
  try {
    for (const step of story.steps) {
      const answer = await player.play(step);
      const problem = problemOf(step, answer);
      if (problem !== undefined) throw new Error(`${basename(story.file)}: ${step.title}: ${problem}`);
      answers.push(answer);
    }
  } finally {
    await player.end();
  }
  return answers;
}

/** What makes an answer useless as a recording: the story waits for something that never comes. */
function problemOf(step, answer) {
  if (answer === undefined) return step.kind === 'restart' ? undefined : 'no answer';
  if (step.kind === 'request' && answer.status === undefined && answer.ending !== 'cut') return 'no answer';
  const mayBeOpen = step.kind === 'silent' || step.pendingMs !== undefined || step.events !== undefined;
  if (answer.ending === 'open' && !mayBeOpen) return 'no end of the answer';
  if (step.events !== undefined && answer.body.split('\n').length - 1 < step.events) return 'too few events';
  return undefined;
}

function answerNode(document, answer) {
  const node = document.createNode({ ...answer });
  for (const field of ['headers', 'further']) {
    const part = node.get(field, true);
    if (part !== undefined) part.flow = true;
  }
  const headers = node.get('headers', true);
  if (isMap(headers)) {
    for (const pair of headers.items) {
      if (/^\d+$/.test(pair.value.value)) Object.assign(pair.value, { value: Number(pair.value.value) });
    }
  }
  const body = node.get('body', true);
  if (body !== undefined) body.type = body.value === '' ? Scalar.QUOTE_SINGLE : Scalar.BLOCK_LITERAL;
  return node;
}

const named = process.argv.slice(2).map((file) => resolve(file));
main(named.length > 0 ? named : storyFiles(join(__dirname, '../test/transcripts'))).catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
