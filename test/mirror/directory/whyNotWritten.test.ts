import { whyNotWritten } from '../../../src/mirror/directory/whyNotWritten';

const failure = (code: string, message: string): Error => Object.assign(new Error(message), { code });

test.each([
  ['ENOSPC', /^\/config: its disk is full; make room there, and it goes on \(ENOSPC\)$/],
  ['EDQUOT', /disk is full/],
  ['EROFS', /what it lies on is read-only; make it writable/],
  ['EACCES', /this user may not write there/],
])('%s is told in a sentence that names the directory and what to do', (code, text) => {
  expect(whyNotWritten(failure(code, `${code}: whatever, open '/x'`), '/config')).toMatch(text);
});

test('the same trouble has the same words at each try, whatever was being made', () => {
  const told = [
    "EIO: i/o error, open '/proc/self/fd/19/k5'",
    "EIO: i/o error, open '/proc/self/fd/23/k5'",
    "EIO: i/o error, mkdtemp '/config/..2026_11_28_05_11_52.zR15p9'",
    "EIO: i/o error, mkdtemp '/config/..2026_11_28_05_11_53.x3kxUQ'",
  ].map((message) => whyNotWritten(failure('EIO', message), '/config'));
  expect(told).toEqual([
    "EIO: i/o error, open '.../k5'",
    "EIO: i/o error, open '.../k5'",
    "EIO: i/o error, mkdtemp '/config/...'",
    "EIO: i/o error, mkdtemp '/config/...'",
  ]);
});
