import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import fc from 'fast-check';
import { envText } from '../../../src/mirror/formats/env';
import type { Entry } from '../../../src/mirror/listing';
import { listings } from '../support/keyNames';

const directory = mkdtempSync(join(tmpdir(), 'cairn-env-'));
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

const entry = (key: string, value: string): Entry => ({ path: key.split('/'), value });

/** What a shell that is not ours has after it read the text, without what it had before. */
function readByShell(text: string): Map<string, string> {
  const file = join(directory, '.env');
  writeFileSync(file, text);
  const { stdout, stderr, status } = spawnSync('/bin/sh', ['-c', 'set -a; . "$1"; exec /usr/bin/env -0', 'sh', file], {
    env: { PATH: '/nowhere' },
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  const pairs = stdout
    .split('\0')
    .filter(Boolean)
    .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const);
  return new Map(pairs.filter(([name]) => !['PWD', 'PATH', '_', 'OLDPWD', 'SHLVL'].includes(name)));
}

test('names and values as people know them', () => {
  const text = envText(
    [
      entry('db/max-size', '10'),
      entry('1st', 'a b'),
      entry('quote', "it's $HOME"),
      entry('straße', ''),
      entry('Url', 'http://h:1/p?a=b'),
    ],
    '',
  );
  expect(text).toBe("DB_MAX_SIZE=10\n_1ST='a b'\nQUOTE=\"it's \\$HOME\"\nSTRA_E=\nURL='http://h:1/p?a=b'\n");
});

test('a prefix keeps names of the program apart from all others', () => {
  expect(envText([entry('path', '/x'), entry('1', 'y')], 'APP_')).toBe('APP_PATH=/x\nAPP_1=y\n');
});

// It takes every carriage return out of the text before it reads it.
test('Node.js reads every value as it was that has no carriage return and does not need both kinds of quotes', () => {
  fc.assert(
    fc.property(listings(), (listed) => {
      const entries = listed.filter(
        ({ value }) => !/[\0\r]/.test(value) && !(/'/.test(value) && /["$`\\]/.test(value)),
      );
      const named = entries.map((each, at) => ({ ...each, path: [`v${at}`] }));
      const read = new Map(Object.entries(parseEnv(envText(named, ''))));
      expect(read).toEqual(new Map(named.map(({ value }, at) => [`V${at}`, value])));
    }),
    { numRuns: 200 },
  );
});

test('a shell reads every value as it was, and runs nothing of it', () => {
  fc.assert(
    fc.property(listings(), (listed) => {
      const entries = listed.filter(({ value }) => !value.includes('\0'));
      const named = entries.map((each, at) => ({ ...each, path: [`v${at}`] }));
      const read = readByShell(envText(named, 'T_'));
      expect(read).toEqual(new Map(named.map(({ value }, at) => [`T_V${at}`, value])));
    }),
    { numRuns: 60 },
  );
});
