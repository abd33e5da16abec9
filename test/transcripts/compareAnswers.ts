import type { Answer } from './story';
import { sameText } from './volatile';

/** Like toEqual, but texts may differ in TTLs by a second. */
export function compareAnswers(expected: Answer, actual: Answer | undefined): void {
  const { body: expectedBody, ...expectedRest } = expected;
  const { body: actualBody, ...actualRest } = actual ?? {};
  const same = expectedBody === actualBody || sameText(expectedBody ?? '', actualBody ?? '');
  expect({ ...actualRest, body: same ? expectedBody : actualBody }).toEqual({ ...expectedRest, body: expectedBody });
}
