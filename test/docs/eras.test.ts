/** docs/eras.md names every route that there is, and tests that there are. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { v1Routes } from '../../src/api/v1/routes';
import { clientRoutes } from '../../src/api/routes';

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
  const known = (path: string): boolean =>
    page.includes(`\`${path}\``) || page.includes(`${path}\``) || page.includes(`\`${path}/`);
  expect(paths.filter((path) => !OWN.includes(path) && !known(path.replace(/\/$/, '')))).toEqual([]);
  expect(v1Routes(never, never, () => 0).length).toBeGreaterThan(5);
});

test('the tests that it names are there', () => {
  const named = [...page.matchAll(/`(test\/[\w./-]+)`/g)].map(([, path]) => path!);
  expect(named.length).toBeGreaterThan(15);
  expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});
