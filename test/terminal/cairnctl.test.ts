/** cairnctl as a person uses it. */
import { join } from 'node:path';
import { ServerProcess } from '../support/serverProcess';
import { ROOT } from './place';
import { CTRL_C, PseudoTerminal, quoted, whyNoTerminal } from './pseudoTerminal';

const CAIRNCTL = `${quoted(process.execPath)} ${quoted(join(ROOT, 'dist/cairnctl.js'))}`;

(whyNoTerminal() === undefined ? describe : describe.skip)('cairnctl on a terminal', () => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await ServerProcess.start('cairn');
    const url = `http://127.0.0.1:${server.clientPort}/v2/keys/app/db/host`;
    await fetch(url, { method: 'PUT', body: new URLSearchParams({ value: 'ten' }) });
  });
  afterAll(() => server.remove());

  function type(line: string, environment: Readonly<Record<string, string | undefined>> = {}): PseudoTerminal {
    return inShell(`exec ${CAIRNCTL} ${line}`, environment);
  }

  function inShell(line: string, environment: Readonly<Record<string, string | undefined>> = {}): PseudoTerminal {
    return new PseudoTerminal(line, {
      cwd: ROOT,
      environment: {
        ETCDCTL_ENDPOINTS: `http://127.0.0.1:${server.clientPort}`,
        LC_ALL: 'C.UTF-8',
        ...environment,
      },
    });
  }

  test('a password is asked for and never shown; what is wiped out does not count', async () => {
    const terminal = type('user add ann');
    await terminal.shows(/New password: $/);
    terminal.press('geheimX\x7f\r');
    await terminal.shows(/Once more: $/);
    terminal.press('geheim\r');
    expect(await terminal.exited).toBe(0);
    expect(terminal.plainScreen).toBe('New password: \nOnce more: \nUser ann created\n');
    const body = JSON.stringify({ user: 'ann', password: 'geheim' });
    const authorized = await fetch(`http://127.0.0.1:${server.clientPort}/v2/auth/users/ann`, { method: 'PUT', body });
    expect(authorized.status).toBe(200);
  });

  test('a password that was typed in two ways is none', async () => {
    const terminal = type('user add eve');
    await terminal.shows(/New password: $/);
    terminal.press('geheim\r');
    await terminal.shows(/Once more: $/);
    terminal.press('gehiem\r');
    expect(await terminal.exited).toBe(1);
    expect(terminal.plainScreen).toContain('the passwords differ; nothing was changed');
    expect((await fetch(`http://127.0.0.1:${server.clientPort}/v2/auth/users/eve`)).status).toBe(404);
  });

  test('the terminal is as before when the question is interrupted', async () => {
    const terminal = inShell(`${CAIRNCTL} -u ann ls; stty -a | grep -o "[- ]echo "`);
    await terminal.shows(/Password: $/);
    terminal.press(CTRL_C);
    await terminal.exited;
    expect(terminal.plainScreen).toContain('Error reading password: interrupted\n');
    expect(terminal.plainScreen).toMatch(/ echo \n$/);
  });

  test.each([
    ['Ctrl-C', CTRL_C],
    ['q', 'xq'],
  ])('top fills the screen, and gives it back at %s', async (_, keys) => {
    const terminal = type('top --interval 200ms');
    await terminal.shows(/1 of 1 members answer, default leads/);
    await terminal.shows(/default +leader +\d/);
    terminal.press(keys);
    expect(await terminal.exited).toBe(0);
    expect(terminal.screen.startsWith('\x1b[?1049h\x1b[?25l')).toBe(true);
    const [, left = ''] = terminal.screen.split('\x1b[?25h\x1b[?1049l');
    expect(left).toContain('default leads');
  });

  test('top shows who answers before it knows any rate, and gives the keyboard back', async () => {
    const terminal = inShell(`${CAIRNCTL} top --interval 1h; stty -a | grep -o "[- ]echo "`);
    await terminal.shows(/1 of 1 members answer, default leads/);
    expect(terminal.plainScreen).toMatch(/default +leader +- /);
    terminal.press('q');
    await terminal.exited;
    expect(terminal.plainScreen).toMatch(/ echo \n$/);
  });

  test('a flag where it is none is said to a person, who may have meant another cluster', async () => {
    const stray = type('set /app/stray v --endpoints http://127.0.0.1:1');
    expect(await stray.exited).toBe(0);
    expect(stray.plainScreen).toBe(
      'Note: --endpoints behind the key is no flag: put it before the command, as in cairnctl --endpoints ... set ...\nv\n',
    );
    await type('rm /app/stray').exited;
  });

  test.each([
    ['--ca-fle x ls', 'did you mean --ca-file?'],
    ['ls --recursve /', 'did you mean --recursive?'],
    ['member --endpoints x list', '--endpoints stands before the command, as in cairnctl --endpoints ... member ...'],
    ['--output-file x snapshot', undefined],
    [
      '--without-quorum snapshot',
      '--without-quorum stands behind a command that has it, as in cairnctl snapshot --without-quorum ...',
    ],
  ])('%s: what was meant is the last line of the screen', async (line, note) => {
    const mistaken = type(line);
    expect(await mistaken.exited).toBe(1);
    const [refused, last] = mistaken.plainScreen.trimEnd().split('\n').slice(-2);
    if (note === undefined) expect(last).toMatch(/^flag provided but not defined: -/);
    else expect([refused, last]).toEqual([expect.stringMatching(/^flag provided but not defined: -/), `Note: ${note}`]);
  });

  test('a terminal without UTF-8 gets trees of letters', async () => {
    const shown = type('tree /app', { LC_ALL: 'C', NO_COLOR: '1' });
    expect(await shown.exited).toBe(0);
    expect(shown.plainScreen).toBe('/app/\n`-- db/\n    `-- host\n\n1 directory, 1 key\n');
  });

  test('colours, unless somebody objects', async () => {
    const plain = '/app/\n└── db/\n    └── host\n\n1 directory, 1 key\n';
    const painted = type('tree /app');
    expect(await painted.exited).toBe(0);
    expect(painted.plainScreen).toBe(plain);
    expect(painted.screen).toContain('\x1b[34mdb/\x1b[39m');
    for (const environment of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) {
      const terminal = type('tree /app', environment);
      await terminal.exited;
      expect(terminal.screen.replaceAll('\r\n', '\n')).toBe(plain);
    }
  });
});
