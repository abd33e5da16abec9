'use strict';

// Plays the stories of test/transcripts/etcdctl with etcdctl 3.4 against etcd 3.4 and writes down what came of it.
//
//   node scripts/record-etcdctl.js [story.yaml ...]      default: all of them
//
// Only the `expect:` part of each step is written; what is run and the `cairn:` parts stay as they are.

const { readFileSync, writeFileSync } = require('node:fs');
const { basename, resolve } = require('node:path');
const { Scalar } = require('yaml');
const { withOutcomes } = require('./recordedStory.js');
require('./run-typescript.js');
const { CommandPlayer } = require('../test/transcripts/etcdctl/commandPlayer.ts');
const { commandStoryFiles, readCommandStory } = require('../test/transcripts/etcdctl/commandStory.ts');
const { whyNoEtcdctl } = require('../test/processes/etcdctlRunner.ts');
const { whyMissing } = require('../test/support/serverProcess.ts');

async function main(files) {
  const missing = whyMissing('etcd') ?? whyNoEtcdctl();
  if (missing !== undefined) throw new Error(missing);
  for (const file of files) {
    const outcomes = await play(readCommandStory(file));
    writeFileSync(file, withOutcomes(readFileSync(file, 'utf8'), outcomes, outcomeNode, false));
    process.stdout.write(`${basename(file)}: ${outcomes.length} commands recorded\n`);
  }
}

async function play({ steps }) {
  const player = await CommandPlayer.start('etcdctl', 'etcd');
  try {
    const outcomes = [];
    for (const step of steps) outcomes.push(await player.play(step));
    return outcomes;
  } finally {
    await player.end();
  }
}

function outcomeNode(document, outcome) {
  const node = document.createNode(outcome);
  for (const name of ['stdout', 'stderr']) {
    const text = node.get(name, true);
    if (text !== undefined) text.type = Scalar.BLOCK_LITERAL;
  }
  return node;
}

const named = process.argv.slice(2).map((file) => resolve(file));
main(named.length > 0 ? named : commandStoryFiles()).catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
