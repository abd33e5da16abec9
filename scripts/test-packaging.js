'use strict';

/**
 * `npm run test:packaging`: builds and runs for real what `npm test` only reads.
 *
 *   npm run test:packaging                  every part that can run here; the others are skipped, with the reason
 *   npm run test:packaging -- image compose only these; one that cannot run is a failure
 *
 * The exit code is 1 if a part failed or none could run.
 */
const { parts } = require('./packaging/parts');

function say(text) {
  console.log(text);
}

async function outcomeOf(part, isAskedFor) {
  const reason = await part.whyNot();
  if (reason !== undefined) return { verdict: isAskedFor ? 'FAILED' : 'skipped', detail: reason };
  say(`== ${part.name}: ${part.summary}`);
  const began = performance.now();
  try {
    await part.run((text) => say(`   ${text}`));
    return { verdict: 'passed', detail: `${((performance.now() - began) / 1000).toFixed(1)} s` };
  } catch (error) {
    console.error(error);
    return { verdict: 'FAILED', detail: 'the error above says why' };
  }
}

async function main(asked) {
  const names = parts.map(({ name }) => name);
  const unknown = asked.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`there is no part "${unknown}"; the parts are ${names.join(', ')}`);
  const outcomes = [];
  for (const part of parts) {
    if (asked.length > 0 && !asked.includes(part.name)) continue;
    outcomes.push({ name: part.name, ...(await outcomeOf(part, asked.length > 0)) });
  }
  for (const { name, verdict, detail } of outcomes) say(`${name}: ${verdict} (${detail})`);
  const verdicts = outcomes.map(({ verdict }) => verdict);
  process.exitCode = verdicts.includes('FAILED') || !verdicts.includes('passed') ? 1 : 0;
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error.message);
  process.exitCode = 2;
});
