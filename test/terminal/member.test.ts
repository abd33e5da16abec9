/** The built program on a terminal, without npm: what it shows, and how it ends. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SAME_WISH_MS } from '../../src/app/stopSignals';
import { exitCodes } from '../../src/config/exitCodes';
import { sleep, until } from '../cluster/waiting';
import { whyMissing } from '../support/serverProcess';
import { isFree, makePlace, ROOT, type Place } from './place';
import { CTRL_C, CTRL_Z, PseudoTerminal, quoted, whyNoTerminal, type TerminalOptions } from './pseudoTerminal';
import { unfinishedRequest } from './unfinishedRequest';
import { startFairClock } from '../support/fairClock';

const PROGRAM = `exec ${quoted(process.execPath)} ${quoted(join(ROOT, 'dist', 'cairn.js'))}`;
const COLOR = /\x1b\[/;

const reason = whyMissing('cairn') ?? whyNoTerminal();
if (reason === undefined) describe('a member on a terminal', suite);
else describe.skip(`a member on a terminal (skipped: ${reason})`, suite);

function suite(): void {
  let place: Place;
  let terminal: PseudoTerminal | undefined;

  beforeEach(async () => {
    place = await makePlace();
  });

  afterEach(async () => {
    terminal?.close();
    await terminal?.exited;
    terminal = undefined;
    place.remove();
  });

  function start(options: Partial<TerminalOptions> = {}, more = ''): PseudoTerminal {
    terminal = new PseudoTerminal(`${PROGRAM} ${place.flags} ${more}`, { cwd: place.folder, ...options });
    return terminal;
  }

  async function portsAreFree(): Promise<boolean> {
    return (await isFree(place.clientPort)) && (await isFree(place.peerPort));
  }

  test('its log is readable and coloured, nothing else is shown, and Ctrl-C ends it in order', async () => {
    const shown = start();
    await shown.shows(/ready to serve clients/);
    shown.press(CTRL_C);
    expect(await shown.exited).toBe(0);
    expect(await portsAreFree()).toBe(true);
    expect(shown.screen).toMatch(COLOR);
    const lines = shown.plainScreen.split('\n').filter((line) => line !== '');
    for (const line of lines.filter((each) => each !== '^C')) {
      expect(line.replace(/^\^C/, '')).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] (INFO|WARN)/);
    }
    expect(lines.at(-1)).toMatch(/INFO: stopped$/);
  });

  test('Ctrl-C once more ends it at once, while it still waits for a request', async () => {
    const shown = start();
    await shown.shows(/ready to serve clients/);
    const slow = await unfinishedRequest(place.clientPort);
    shown.press(CTRL_C);
    await shown.shows(/INFO: stopping/);
    await sleep(SAME_WISH_MS + 100);
    expect(shown.isRunning).toBe(true);
    const elapsedMs = startFairClock();
    shown.press(CTRL_C);
    expect(await shown.exited).toBe(exitCodes.stoppedAtOnce.code);
    expect(elapsedMs()).toBeLessThan(2000);
    expect(shown.plainScreen).not.toMatch(/INFO: stopped/);
    expect(await portsAreFree()).toBe(true);
    slow.destroy();
  });

  test('a terminal that is closed ends it in order', async () => {
    const shown = start({}, '2> log');
    await until(
      'it serves',
      15_000,
      async () => (await fetch(`http://127.0.0.1:${place.clientPort}/health`)).ok || undefined,
    );
    shown.close();
    await until(
      'it stopped',
      15_000,
      () => readFileSync(join(place.folder, 'log'), 'utf8').includes('"msg":"stopped"') || undefined,
    );
    expect(readFileSync(join(place.folder, 'log'), 'utf8')).toMatch(/"signal":"SIGHUP"/);
  });

  test('Ctrl-Z holds it, and `fg` lets it go on', async () => {
    terminal = new PseudoTerminal(`bash --norc -i`, { cwd: place.folder, columns: 200 });
    terminal.press(`${PROGRAM.replace('exec ', '')} ${place.flags}\r`);
    await terminal.shows(/ready to serve clients/);
    terminal.press(CTRL_Z);
    await terminal.shows(/Stopped/);
    terminal.press('fg\r');
    await sleep(200);
    expect((await fetch(`http://127.0.0.1:${place.clientPort}/health`)).ok).toBe(true);
    terminal.press(CTRL_C);
    await terminal.shows(/INFO: stopped/);
    terminal.press('exit $?\r');
    expect(await terminal.exited).toBe(0);
  });

  test('the picture in docs shows what is shown', async () => {
    const shown = start();
    await shown.shows(/ready to serve clients/);
    shown.press(CTRL_C);
    await shown.exited;
    const picture = readFileSync(join(ROOT, 'docs', 'pictures', 'terminal.svg'), 'utf8');
    const messages = [...shown.plainScreen.matchAll(/\] \w+(?: \(.*?\))?: ([^{\n]*?) *(?:\{|$)/gm)].map(
      ([, text]) => text,
    );
    expect(messages.length).toBeGreaterThan(4);
    for (const message of messages) expect(picture).toContain(message);
  });

  test.each([
    ['TERM=dumb', { TERM: 'dumb' }],
    ['NO_COLOR', { NO_COLOR: '1' }],
  ])('with %s the lines are readable and have no colours', async (_, environment) => {
    const shown = start({ environment });
    await shown.shows(/\] INFO: ready to serve clients/);
    expect(shown.screen).not.toMatch(COLOR);
  });

  test('with its log in a pipe there are JSON lines and no colours, also where standard output is a terminal', async () => {
    const shown = start({}, '2>&1 | cat');
    await shown.shows(/"msg":"ready to serve clients"/);
    expect(shown.screen).not.toMatch(COLOR);
    for (const line of shown.plainScreen.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('level');
  });

  test('with --log-format json it says the same on a terminal', async () => {
    const shown = start({}, '--log-format json');
    await shown.shows(/"msg":"ready to serve clients"/);
    expect(shown.screen).not.toMatch(COLOR);
  });

  test('in a narrow window, and when that is drawn to another size, it goes on', async () => {
    const shown = start({ rows: 5, columns: 20 });
    await shown.shows(/ready to serve clients/);
    shown.resize(50, 200);
    shown.resize(3, 10);
    await sleep(100);
    expect((await fetch(`http://127.0.0.1:${place.clientPort}/health`)).status).toBe(200);
    shown.press(CTRL_C);
    expect(await shown.exited).toBe(0);
  });

  test('--help and --version print and end with 0, a mistake says what to do and ends with 2', async () => {
    for (const [flag, code, text] of [
      ['--help', 0, /--listen-client-urls/],
      ['--version', 0, /Cairn Version: /],
      ['--data-dri x', 2, /^cairn: .*--data-dri/m],
      ['--log-level loud', 2, /^cairn: .*--log-level/m],
    ] as const) {
      const shown = new PseudoTerminal(`${PROGRAM} ${flag}`, { cwd: place.folder });
      expect([flag, await shown.exited]).toEqual([flag, code]);
      expect(shown.plainScreen).toMatch(text);
      expect(shown.plainScreen).not.toMatch(/Warning|^ {4}at /m);
      expect(shown.screen).not.toMatch(COLOR);
    }
  });

  test('the commands of the program run on a terminal, too', async () => {
    await start().shows(/ready to serve clients/);
    for (const command of ['healthcheck', 'check']) {
      const url = `http://127.0.0.1:${place.clientPort}`;
      const shown = new PseudoTerminal(`${PROGRAM} ${command} --url ${url}`, { cwd: place.folder });
      expect([command, await shown.exited, shown.plainScreen]).toEqual([command, 0, expect.any(String)]);
      expect(shown.plainScreen).not.toMatch(/Warning|^ {4}at /m);
    }
  });
}

test('nothing that is loaded late is loaded by import(): the launcher runs a script, and scripts have no loader for it', () => {
  // Comments apart, esbuild writes a dynamic import as `import(`; a method of that name has a block behind its parameters. What
  // Node.js would warn of is a warning of this run.
  const program = join(ROOT, 'dist', 'program.js');
  const find = `
    const { transformSync } = require('esbuild');
    const text = require('node:fs').readFileSync(${JSON.stringify(program)}, 'latin1');
    const { code } = transformSync(text, { minifyWhitespace: true, legalComments: 'none' });
    console.log(code.split(/[^.\\w$]import\\((?![\\w$,]*\\)\\{)/).length - 1);
  `;
  const { stdout } = spawnSync(process.execPath, ['-e', find], { cwd: ROOT, encoding: 'utf8' });
  expect(stdout).toBe('0\n');
});
