/** The scripts of `cairnctl completion`, in the shells that are there. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { ServerProcess } from '../support/serverProcess';

const ENTRY = join(resolve(__dirname, '../..'), 'dist/cairnctl.js');
const PATH = process.env['PATH'] ?? '';

let server: ServerProcess;
let folder: string;
beforeAll(async () => {
  server = await ServerProcess.start('cairn');
  folder = mkdtempSync(join(tmpdir(), 'cairn-completion-'));
  const program = join(folder, 'cairnctl');
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${ENTRY}' "$@"\n`);
  chmodSync(program, 0o755);
  for (const key of ['app/color', 'app/db/host', 'apple', 'sp ace/x']) {
    const url = `http://127.0.0.1:${server.clientPort}/v2/keys/${encodeURI(key)}`;
    await fetch(url, { method: 'PUT', body: new URLSearchParams({ value: '1' }) });
  }
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await server.remove();
});

function inShell(shell: string, args: readonly string[], script: string): readonly string[] {
  const { stdout, stderr, status } = spawnSync(shell, [...args, script], {
    encoding: 'utf8',
    env: {
      ...{ PATH: folder + delimiter + PATH, HOME: folder, LD_LIBRARY_PATH: process.env['LD_LIBRARY_PATH'] },
      ETCDCTL_ENDPOINTS: `http://127.0.0.1:${server.clientPort}`,
    },
  });
  expect([status, stderr]).toEqual([0, '']);
  return stdout.split('\n').filter((line) => line !== '');
}

const has = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0;

const cases: readonly (readonly [line: string, expected: readonly string[]])[] = [
  ['cairnctl mem', ['member']],
  ['cairnctl member ', ['list', 'add', 'remove', 'update']],
  ['cairnctl set --swap', ['--swap-with-value', '--swap-with-index']],
  ['cairnctl -o ', ['simple', 'extended', 'json']],
  ['cairnctl get /app', ['/app/', '/apple']],
  ['cairnctl get /app/', ['/app/color', '/app/db/']],
  ['cairnctl get app/d', ['app/db/']],
];

describe('bash', () => {
  const completed = (line: string): readonly string[] => {
    const words = line.split(' ');
    return inShell(
      'bash',
      ['--norc', '-c'],
      `source <(cairnctl completion bash); COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
       _cairnctl; printf '%s\\n' "\${COMPREPLY[@]}"`,
    );
  };
  test.each(cases)('%s', (line, expected) => {
    expect(completed(line)).toEqual(expected);
  });
  test('a key with a space', () => {
    expect(completed('cairnctl ls /sp')).toEqual(['/sp\\ ace/']);
  });
});

(has('zsh') ? describe : describe.skip)('zsh', () => {
  test.each(cases)('%s', (line, expected) => {
    const words = line.split(' ');
    const found = inShell(
      'zsh',
      ['-f', '-c'],
      `compdef() { : }; compadd() { local name=$@[-1]; print -rl -- \${(P)name} }; source <(cairnctl completion zsh)
       words=(${words.map((word) => `'${word}'`).join(' ')}); CURRENT=${words.length}; _cairnctl`,
    );
    expect([...found].sort()).toEqual([...expected].sort());
  });
});

(has('fish') ? describe : describe.skip)('fish', () => {
  test.each(cases)('%s', (line, expected) => {
    const found = inShell('fish', ['--no-config', '-c'], `cairnctl completion fish | source; complete -C '${line}'`);
    expect(found.map((each) => each.split('\t')[0]).sort()).toEqual([...expected].sort());
  });
});
