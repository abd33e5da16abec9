/** All that is said of renderings, in one file: each is made once. What is said is made up of them, so there is none without helm. */
import { helm } from './chart';

if (helm === undefined) test.skip('what the chart renders (skipped: helm is not installed)', () => undefined);
else {
  for (const part of [
    './backup',
    './configuration',
    './golden',
    './overrides',
    './permissions',
    './policies',
    './restore',
    './schemas',
    './secured',
  ])
    jest.requireActual(part);
}
