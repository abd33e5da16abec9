'use strict';

/** Stories of test/transcripts with what was recorded of them. */
const { isMap, isSeq, parseDocument } = require('yaml');

/**
 * The text with each outcome as the `expect:` of its step; comments, what is played and the `cairn:` parts stay as they are.
 *
 * @param outcomes - undefined: nothing is expected of that step
 * @param nodeOf - how an outcome is written, given the document
 * @param flowCollectionPadding - whether `{ a: 1 }` has spaces in it
 */
function withOutcomes(text, outcomes, nodeOf, flowCollectionPadding) {
  const document = parseDocument(text);
  const steps = document.get('steps');
  if (!isSeq(steps)) throw new Error('no steps');
  steps.items.forEach((step, index) => {
    if (!isMap(step)) throw new Error(`step ${index + 1} is not a map`);
    step.delete('expect');
    const outcome = outcomes[index];
    if (outcome !== undefined) insertBeforeOwn(step, document.createPair('expect', nodeOf(document, outcome)));
    if (index > 0) step.spaceBefore = true;
  });
  return document.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: 1_000_000, flowCollectionPadding });
}

/** `expect:` comes last, but before `divergence:` and `cairn:`. */
function insertBeforeOwn(step, pair) {
  const own = step.items.findIndex(({ key }) => key.value === 'divergence');
  step.items.splice(own < 0 ? step.items.length : own, 0, pair);
}

module.exports = { withOutcomes };
