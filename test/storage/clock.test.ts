import { existsSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { exitReasonOf } from '../../src/app/exit';
import { openDataDirectory } from '../../src/storage/dataDirectory';
import { fillDataDirectory } from '../../src/storage/fillDirectory';
import { temporaryDirectory } from './support/temporaryDirectory';

const home = temporaryDirectory();

afterEach(() => jest.restoreAllMocks());

test.each([
  ['opened', (path: string) => openDataDirectory({ path })],
  ['filled', (path: string) => fillDataDirectory({ path }, { fill: () => Promise.resolve() })],
])('before 1970, where the database would abort the process, no directory is %s', async (_, use) => {
  const path = join(mkdtempSync(join(home, 'd-')), 'data');
  jest.spyOn(Date, 'now').mockReturnValue(-1);
  const error: unknown = await use(path).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ kind: 'clock', message: expect.stringContaining('set the clock and start again') });
  expect([exitReasonOf(error), existsSync(path)]).toEqual(['machineTooSmall', false]);
});
