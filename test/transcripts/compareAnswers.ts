import type { Answer } from './story';
import { sameText } from './volatile';

/** An index that is not known beforehand, plain or as the name of an in-order key. */
const ANY_INDEX = /<index(?::20)?>/g;

/** The expected text with the indexes of the other one in their places, as far as it has some there. */
function withIndexes(expected: string, actual: string): string {
  let shift = 0;
  return expected.replace(ANY_INDEX, (mask, position: number) => {
    const pattern = mask === '<index>' ? /^[1-9]\d*/ : /^\d{20}/;
    const found = pattern.exec(actual.slice(position + shift))?.[0];
    if (found === undefined) return mask;
    shift += found.length - mask.length;
    return found;
  });
}

/**
 * Like toEqual, but texts may differ in TTLs by a second, and these may be less by the time that the story has taken.
 *
 * @param seconds since its first step: on a busy machine a restart takes some
 */
export function compareAnswers(expected: Answer, actual: Answer | undefined, seconds: number): void {
  const { body: expectedBody, ...expectedRest } = expected;
  const { body: actualBody, ...actualRest } = actual ?? {};
  const wanted = withIndexes(expectedBody ?? '', actualBody ?? '');
  const same = expectedBody === actualBody || sameText(wanted, actualBody ?? '', seconds);
  expect({ ...actualRest, body: same ? expectedBody : actualBody }).toEqual({ ...expectedRest, body: expectedBody });
}
