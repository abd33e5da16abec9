/** The page stays small: it is loaded from a member that has other things to do, perhaps over a slow line. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const FILES = join(__dirname, '../../dist/dashboard');
const BYTES_MAX = 150 * 1024;

test('all of it is 150 KB compressed at most', () => {
  if (!existsSync(FILES)) throw new Error(`${FILES} is missing: run npm run build first`);
  const sizes = readdirSync(FILES)
    .filter((name) => name.endsWith('.gz'))
    .map((name) => statSync(join(FILES, name)).size);
  expect(sizes.length).toBeGreaterThanOrEqual(4);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(BYTES_MAX);
});
