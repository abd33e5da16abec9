/** FIFOs where the program expects files: it ends with a line, and does not wait for the other end. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stablePort } from '../support/ports';
import { ENTRY, whyNoCairn } from '../cluster/clusterMember';

const suite = whyNoCairn() === undefined ? describe : describe.skip;

suite('a FIFO', () => {
  let directory: string;
  let fifo: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'cairn-fifo-'));
    fifo = join(directory, 'fifo');
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  const run = (...args: readonly string[]): { status: number | null; line: string } => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [ENTRY, ...args], {
      timeout: 60_000,
      encoding: 'utf8',
    });
    return { status, line: stdout + stderr };
  };

  test('as --config-file: exit code 2', () => {
    execFileSync('mkfifo', [fifo]);
    const { status, line } = run('--config-file', fifo);
    expect(status).toBe(2);
    expect(line).toContain(
      `the file "${fifo}" cannot be read (it is a FIFO, expected a file); give the path of a YAML file`,
    );
  });

  test('in a data directory: exit code 5, and cairn clear-removed fails too', async () => {
    mkdirSync(join(directory, 'data'), { mode: 0o700 });
    writeFileSync(join(directory, 'data', 'FORMAT'), 'cairn 2\n');
    execFileSync('mkfifo', [join(directory, 'data', 'REMOVED')]);
    const [client, peer] = [`http://127.0.0.1:${await stablePort()}`, `http://127.0.0.1:${await stablePort()}`];
    const ports = ['--listen-client-urls', client, '--advertise-client-urls', client, '--listen-peer-urls', peer];
    const { status, line } = run('--data-dir', join(directory, 'data'), ...ports);
    expect(line).toContain('REMOVED is a FIFO, expected a file');
    expect(status).toBe(5);
    const cleared = run('clear-removed', '--data-dir', join(directory, 'data'));
    expect(cleared.line).toContain('it is a FIFO, expected a file; nothing was changed');
    expect(cleared.status).not.toBe(0);
  });
});
