/** A signal that comes while the program is still being loaded, also as the first process of a container. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RawServer } from '../client/rawServer';
import { STOP_SIGNALS } from '../../src/app/stopSignals';
import { ENTRY, whyNoCairn } from '../cluster/clusterMember';
import { writeImageCommand } from '../support/imageCommand';
import { stablePort } from '../support/ports';

const suite = whyNoCairn() === undefined ? describe : describe.skip;

/** A process that does not hear the signal runs on until then. */
const ENDS_WITHIN_MS = 30_000;

/** Sends the process a signal in the moment in which the launcher begins to read the program. */
const HOOK = `
const fs = require('node:fs');
const read = fs.readFileSync;
fs.readFileSync = (path, ...rest) => {
  if (String(path).endsWith('program.js')) process.kill(process.pid, process.env.CAIRN_TEST_SIGNAL);
  return read(path, ...rest);
};
`;

/** A process tree of its own, whose first process is the program; it dies with \`unshare\`. */
const FIRST_PROCESS = ['unshare', '--user', '--map-root-user', '--pid', '--fork', '--kill-child'];
const mayUnshare = spawnSync(FIRST_PROCESS[0]!, [...FIRST_PROCESS.slice(1), 'true']).status === 0;

suite.each(['the launcher', 'the command of the image'])('a signal while the program is loaded by %s', (by) => {
  let directory: string;
  let hook: string;
  let entry = ENTRY;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'early-signal-'));
    hook = join(directory, 'hook.js');
    writeFileSync(hook, HOOK);
    if (by !== 'the launcher') entry = writeImageCommand('cairn', directory);
  });

  afterAll(() => rmSync(directory, { recursive: true }));

  function run(before: readonly string[], signal: string, args: readonly string[]) {
    const [program = '', ...rest] = [...before, process.execPath, '--require', hook, entry, ...args];
    const env = { ...process.env, CAIRN_TEST_SIGNAL: signal };
    const { status, signal: endedBy } = spawnSync(program, rest, {
      env,
      timeout: ENDS_WITHIN_MS,
      killSignal: 'SIGKILL',
    });
    return { status, endedBy };
  }

  async function memberArguments(): Promise<readonly string[]> {
    const [client, peer] = [`http://127.0.0.1:${await stablePort()}`, `http://127.0.0.1:${await stablePort()}`];
    const urls = ['--listen-client-urls', client, '--advertise-client-urls', client, '--listen-peer-urls', peer];
    const data = mkdtempSync(join(directory, 'data-'));
    const own = ['--initial-advertise-peer-urls', peer, '--initial-cluster', `default=${peer}`];
    return ['--data-dir', join(data, 'd'), '--log-level', 'error', ...urls, ...own];
  }

  test.each(STOP_SIGNALS)('%s ends a member in order', async (signal) => {
    expect(run([], signal, await memberArguments())).toEqual({ status: 0, endedBy: null });
  });

  test('a command ends without a result, as a shell says it', async () => {
    const silent = new RawServer();
    await silent.start();
    try {
      const result = run([], 'SIGTERM', ['healthcheck', '--url', silent.url]);
      expect(result).toEqual({ status: 143, endedBy: null });
    } finally {
      silent.stop();
    }
  });

  (mayUnshare ? test : test.skip)('SIGTERM ends the first process of a container in order', async () => {
    expect(run(FIRST_PROCESS, 'SIGTERM', await memberArguments())).toEqual({ status: 0, endedBy: null });
  });
});
