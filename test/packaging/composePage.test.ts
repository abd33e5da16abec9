/** docs/compose.md names what the Dockerfile and the compose files have, and nothing else. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const page = read('docs/compose.md');
const dockerfile = read('Dockerfile');
const composeFiles = readdirSync(join(ROOT, 'deploy')).filter((name) => /^compose.*\.yaml$/.test(name));

const unique = (texts: Iterable<string>): readonly string[] => [...new Set(texts)].sort();
const found = (text: string, pattern: RegExp): readonly string[] =>
  unique([...text.matchAll(pattern)].map(([, name = '']) => name));

test('every build argument has its row', () => {
  const table = /\| build argument[\s\S]*?\n\n/.exec(page)?.[0] ?? '';
  expect(found(table, /`([A-Z_]+)(?:=[^`]*)?`/g)).toEqual(found(dockerfile, /^ARG ([A-Z_]+)/gm));
  expect(table).toContain(`default ${/^ARG NODE_IMAGE=(\S+)/m.exec(dockerfile)?.[1]}`);
});

test('every variable of the compose files is named, and no other', () => {
  const variables = unique(composeFiles.flatMap((name) => found(read(`deploy/${name}`), /\$\{([A-Z0-9_]+)/g)));
  const named = found(page, /`?\b((?:CAIRN|PROMETHEUS|GRAFANA)_(?:[A-Z0-9_]+))\b/g);
  expect(named).toEqual(variables);
});

test('what the page says of the image stands in the Dockerfile', () => {
  const table = /\| choice[\s\S]*?\n\n/.exec(page)?.[0] ?? '';
  const user = /user and group (\d+)/.exec(table)?.[1];
  expect(dockerfile).toContain(`USER ${user}:${user}`);
  expect(dockerfile).toContain(`VOLUME ${/volume `([^`]+)`/.exec(table)?.[1]}\n`);
  expect(dockerfile).toContain(`ETCD_DATA_DIR=${/data in `([^`]+)`/.exec(table)?.[1]} `);
  expect(dockerfile).toContain(`ETCD_ADVERTISE_CLIENT_URLS=${/advertises `([^`]+)`/.exec(table)?.[1]} `);
  expect(dockerfile).toContain(`EXPOSE ${/ports (\d+), (\d+)/.exec(table)?.slice(1).join(' ')}\n`);
  expect(dockerfile).toContain(`/root-of-image${/directory `([^`]+)`/.exec(table)?.[1]} `);
  const command = /health check `([^`]+)`/.exec(table)?.[1] ?? '';
  expect(dockerfile).toContain(`CMD ${JSON.stringify(command.split(' ')).replace(',', ', ')}`);
});

test('the parts add up to what the image is said to be', () => {
  const [, parts = ''] = /\| what[^\n]*\n[^\n]*\n([\s\S]*?)\n\n/.exec(page.slice(page.indexOf('## The image'))) ?? [];
  const sum = [...parts.matchAll(/\| +([\d.]+) \|/g)].reduce((total, [, size]) => total + Number(size), 0);
  expect(sum).toBeGreaterThan(0);
  expect(page).toContain(`About ${Math.round(sum)} MB`);
});
