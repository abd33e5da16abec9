/** Commands of cairn that ask a person, or wait for one. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Keys } from '../../src/client/keys';
import { ServerProcess } from '../support/serverProcess';
import { ROOT } from './place';
import { CTRL_C, PseudoTerminal, quoted, whyNoTerminal } from './pseudoTerminal';

const ENTRY = join(ROOT, 'dist/cairn.js');
const CTRL_D = '\x04';

(whyNoTerminal() === undefined ? describe : describe.skip)('cairn on a terminal', () => {
  let server: ServerProcess;
  let keys: Keys;
  let directory: string;

  beforeAll(async () => {
    server = await ServerProcess.start('cairn');
    keys = new Keys({ url: server.clientUrl, timeoutMs: 10_000 });
    directory = mkdtempSync(join(tmpdir(), 'cairn-questions-'));
    writeFileSync(join(directory, 'color'), 'blue');
  });

  afterAll(async () => {
    await server.remove();
    rmSync(directory, { recursive: true });
  });

  function type(line: string): PseudoTerminal {
    return new PseudoTerminal(`exec ${quoted(process.execPath)} ${quoted(ENTRY)} ${line} --url ${server.clientUrl}`, {
      cwd: ROOT,
    });
  }

  test.each([
    ['n', 'n\r'],
    ['nothing but Enter', '\r'],
    ['a word that is no yes', 'yesterday\r'],
    ['Ctrl-C', CTRL_C],
    ['Ctrl-D', CTRL_D],
  ])('sync changes nothing after %s, and says so', async (_, answer) => {
    const terminal = type(`sync ${quoted(directory)} /app`);
    await terminal.shows(/Make this change to \/app\? \[y\/N\] /);
    terminal.press(answer);
    expect(await terminal.exited).toBe(1);
    expect(terminal.plainScreen).toMatch(/cairn sync: nothing was changed\n$/);
    await expect(keys.get('/app')).rejects.toMatchObject({ code: 100 });
  });

  test('sync writes after y', async () => {
    const terminal = type(`sync ${quoted(directory)} /app`);
    await terminal.shows(/\[y\/N\] /);
    terminal.press('y\r');
    expect(await terminal.exited).toBe(0);
    expect((await keys.get('/app/color')).node.value).toBe('blue');
    await keys.delete('/app', { recursive: true });
  });

  test('migrate follows until Enter is pressed; Ctrl-C ends it without', async () => {
    const source = await ServerProcess.start('cairn');
    try {
      await new Keys({ url: source.clientUrl, timeoutMs: 10_000 }).set('/moved', 'here');
      const interrupted = type(`migrate --from ${source.clientUrl}`);
      await interrupted.shows(/following the source/);
      interrupted.press(CTRL_C);
      expect(await interrupted.exited).toBe(1);
      expect(interrupted.plainScreen).toContain('stopped: keys may be missing');
      const terminal = type(`migrate --from ${source.clientUrl}`);
      await terminal.shows(/following the source/);
      terminal.press('\r');
      expect(await terminal.exited).toBe(0);
      expect((await keys.get('/moved')).node.value).toBe('here');
    } finally {
      await source.remove();
    }
  });

  test('doctor has colours where somebody looks, and none with NO_COLOR', async () => {
    const terminal = type('doctor');
    expect(await terminal.exited).toBe(0);
    expect(terminal.screen).toContain('\x1b[32mok');
    const line = `${quoted(process.execPath)} ${quoted(ENTRY)} doctor --url ${server.clientUrl}`;
    const plain = new PseudoTerminal(line, { cwd: ROOT, environment: { NO_COLOR: '1' } });
    expect(await plain.exited).toBe(0);
    expect(plain.screen).not.toContain('\x1b[32m');
  });
});
