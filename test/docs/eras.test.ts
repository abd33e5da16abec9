/** docs/eras.md names every route that there is, and tests that there are. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clientRoutes } from '../../src/api/routes';
import { allOptions, findFlag } from '../../src/config/options';

const ROOT = join(__dirname, '../..');
const page = readFileSync(join(ROOT, 'docs/eras.md'), 'utf8');

/** For orchestrators, and of this program alone. */
const OWN = ['/livez', '/readyz', '/config/local/drain', '/v2/members/', '/v2/members/*subpath'];

test('each route of a client port is in a table', () => {
  // Whatever is taken from it is the same again: routes are only made, not asked.
  const never: never = new Proxy(() => undefined, { get: (target) => target }) as never;
  const parts = { discovery: never, drain: never, web: never, dashboard: never };
  const options = { surface: 'all', member: never, now: () => 0, ...parts } as never;
  const paths = clientRoutes(options, never, never).flatMap((route) =>
    route.paths.filter((path) => typeof path === 'string'),
  );
  expect(paths.length).toBeGreaterThan(20);
  // As they stand there: behind a method or alone, and perhaps with more behind them. A slash at the end is no other route.
  const bare = (path: string): string => path.replace(/\/$/, '');
  const named = [...page.matchAll(/`(?:[A-Z]+ )?(\/[^` ]*)`/g)].map(([, path]) => bare(path!));
  const known = (path: string): boolean =>
    named.some((each) => each === bare(path) || (path !== '/' && each.startsWith(`${bare(path)}/`)));
  expect(paths.filter((path) => !OWN.includes(path) && !known(path))).toEqual([]);
  expect([known('/v9/keys'), known('/v1/key')]).toEqual([false, false]);
});

test('the tests that it names are there', () => {
  const named = [...page.matchAll(/`(test\/[\w./-]+)`/g)].map(([, path]) => path!);
  expect(named.length).toBeGreaterThan(15);
  expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test('each flag of 0.1 and 0.4 is in a table, beside the option that it is today', () => {
  const rows = page
    .slice(page.indexOf('## Flags'))
    .split('\n')
    .filter((line) => line.startsWith('| ') && line.includes('`-'))
    .map((line) => line.split('|').map((cell) => [...cell.matchAll(/`(-[\w-]+)`/g)].map(([, flag]) => flag!)));
  expect(rows.length).toBeGreaterThan(10);
  for (const [, , first = [], second = [], today = []] of rows) {
    const meant = [...first, ...second].map((flag) => findFlag(flag.slice(1))?.name ?? `${flag} is unknown`);
    expect([...new Set(meant.map((name) => `--${name}`))].sort()).toEqual([...today].sort());
  }
  const named = new Set(rows.flatMap((cells) => cells.slice(2, 4).flat()));
  const spellings = allOptions.flatMap(({ option }) => option.spellings ?? []);
  const old = spellings.filter(({ era }) => era !== '2.3').map(({ name }) => `-${name}`);
  expect(old.length).toBeGreaterThan(25);
  expect(old.filter((flag) => !named.has(flag))).toEqual([]);
});
