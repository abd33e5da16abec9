import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { behindLinks } from '../../src/platform/behindLinks';

const home = realpathSync(mkdtempSync(join(tmpdir(), 'links-')));
const at = (...names: readonly string[]): string => join(home, ...names);

beforeAll(() => {
  mkdirSync(at('disk', 'member'), { recursive: true });
  symlinkSync(at('disk', 'member'), at('absolute'));
  symlinkSync('absolute', at('chain'));
  symlinkSync('disk', at('parent'));
  // Of where it is, not of how one came to it.
  symlinkSync('../new', at('disk', 'up'));
  symlinkSync('loop', at('loop'));
});

afterAll(() => rmSync(home, { recursive: true }));

test.each([
  [
    ['disk', 'member'],
    ['disk', 'member'],
  ],
  [['absent'], ['absent']],
  [['absolute'], ['disk', 'member']],
  [['chain'], ['disk', 'member']],
  [
    ['parent', 'member'],
    ['parent', 'member'],
  ],
  [['parent', 'up'], ['new']],
])('%j leads to %j', async (path, place) => {
  expect(await behindLinks(at(...path))).toBe(at(...place));
});

test('a link to itself is refused as the system does it', async () => {
  await expect(behindLinks(at('loop'))).rejects.toMatchObject({ code: 'ELOOP' });
});
