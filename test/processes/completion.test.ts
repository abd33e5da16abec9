/** The scripts of `cairnctl completion`, in the shells that are there. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { ServerProcess } from '../support/serverProcess';
import { PseudoTerminal, whyNoTerminal } from '../terminal/pseudoTerminal';

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
  for (const key of ['app/color', 'app/db/host', 'apple', 'sp ace/x', 'svc/h:80', 'svc/x:y/z']) {
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
  ['cairnctl snapshot ', ['save', 'status', 'verify', 'restore', 'follow']],
  ['cairnctl check ', ['perf', 'security']],
  ['cairnctl export /app', ['/app/', '/apple']],
  ['cairnctl --output=js', ['--output=json']],
];

/** For fish; the test of bash has its own, and zsh's files come from what is not loaded here. */
const fileCases: typeof cases = [
  ['cairnctl --ca-file /bin/mkdi', ['/bin/mkdir']],
  ['cairnctl --ca-file=/bin/mkdi', ['--ca-file=/bin/mkdir']],
];

describe('bash', () => {
  const completed = (line: string): readonly string[] => {
    const words = line.split(' ');
    return inShell(
      'bash',
      ['--norc', '-c'],
      `source <(cairnctl completion bash); COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; COMP_LINE='${line}'
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

/** With the line editor of bash, which parts words where COMP_WORDBREAKS says, and puts in what it is answered. */
(whyNoTerminal() === undefined ? describe : describe.skip)('bash, as a person types', () => {
  test.each([
    ['cairnctl --endpoints URL mem', 'cairnctl --endpoints URL member '],
    ['cairnctl --endpoints=URL get /app/c', 'cairnctl --endpoints=URL get /app/color '],
    ['cairnctl -u root:secret1 get /app/c', 'cairnctl -u root:secret1 get /app/color '],
    ['cairnctl -u "root:a b" get /app/c', 'cairnctl -u "root:a b" get /app/color '],
    ['cairnctl --output=json mem', 'cairnctl --output=json member '],
    ['cairnctl --output=js', 'cairnctl --output=json '],
    ['cairnctl --ca-file cairnc', 'cairnctl --ca-file cairnctl '],
    ['cairnctl --ca-file=cairnc', 'cairnctl --ca-file=cairnctl '],
    ['cairnctl get /svc/h:', 'cairnctl get /svc/h:80 '],
    ['cairnctl get /svc/h', 'cairnctl get /svc/h:80 '],
    ['cairnctl get "/svc/h:', 'cairnctl get "/svc/h:80" '],
    ['cairnctl ls /svc/x:y', 'cairnctl ls /svc/x:y/'],
    ['cairnctl ls /svc/x:y/', 'cairnctl ls /svc/x:y/z '],
    ['cairnctl export --url URL /app/c', 'cairnctl export --url URL /app/color '],
    ['cairnctl get /sp', 'cairnctl get /sp\\ ace/'],
  ])('%s', async (typed, expected) => {
    const [url, shown] = [server.clientUrl, (text: string) => text.replace('URL', server.clientUrl)];
    const environment = { PATH: folder + delimiter + PATH, HOME: folder, ETCDCTL_ENDPOINTS: url, INPUTRC: '/dev/null' };
    const terminal = new PseudoTerminal('exec bash --norc -i', { cwd: folder, environment, columns: 200 });
    try {
      terminal.press(`PS1='> '; bind 'set bell-style none'; source <(cairnctl completion bash); echo re''ady\n`);
      await terminal.shows(/^ready/m);
      terminal.press(`${shown(typed)}\t`);
      await terminal.shows(new RegExp(`> ${escaped(shown(expected))}$`));
    } finally {
      terminal.press('\x15exit\n');
      await terminal.exited;
    }
  });
});

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

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
  test.each([...cases, ...fileCases])('%s', (line, expected) => {
    const found = inShell('fish', ['--no-config', '-c'], `cairnctl completion fish | source; complete -C '${line}'`);
    expect(found.map((each) => each.split('\t')[0]).sort()).toEqual([...expected].sort());
  });
});
