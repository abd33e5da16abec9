/** `npm run cluster` without npm: whose line is whose, and how it ends. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes } from '../../src/config/exitCodes';
import { SAME_WISH_MS } from '../../src/app/stopSignals';
import { sleep } from '../cluster/waiting';
import { whyMissing } from '../support/serverProcess';
import { takeClusterPorts, untilClusterPortsAreFree } from './clusterPorts';
import { makePlace, ROOT, type Place } from './place';
import { CTRL_C, PseudoTerminal, quoted, surroundings, whyNoTerminal, type TerminalOptions } from './pseudoTerminal';
import { unfinishedRequest } from './unfinishedRequest';
import { startFairClock } from '../support/fairClock';

const SCRIPT = join(ROOT, 'scripts', 'cluster.js');
const NAMES = ['node1', 'node2', 'node3'];
const START_LIMIT_MS = 60_000;
/** Others that run a cluster are done with one test of theirs. */
const TURN_LIMIT_MS = 180_000;

// Otherwise the script would make it ready, and begin with deleting the packages that the other tests go by.
const { isReady } = jest.requireActual<{ isReady: () => boolean }>('../../scripts/prepare.js');
const whyNotReady = isReady() ? undefined : 'run `npm start` or `npm test` once';
const reason = whyMissing('cairn') ?? whyNoTerminal() ?? whyNotReady;
if (reason === undefined) describe('three members in one terminal', suite);
else describe.skip(`three members in one terminal (skipped: ${reason})`, suite);

function suite(): void {
  let place: Place;
  let terminal: PseudoTerminal | undefined;
  let giveBack: () => Promise<void>;

  beforeEach(async () => {
    place = await makePlace();
    giveBack = await takeClusterPorts(TURN_LIMIT_MS);
  }, 2 * TURN_LIMIT_MS);

  afterEach(async () => {
    terminal?.close();
    await terminal?.exited;
    terminal = undefined;
    place.remove();
    await untilClusterPortsAreFree();
    await giveBack();
  });

  async function start(more = '', options: Partial<TerminalOptions> = {}): Promise<PseudoTerminal> {
    terminal = new PseudoTerminal(`exec ${quoted(process.execPath)} ${quoted(SCRIPT)} ${more}`, {
      cwd: place.folder,
      columns: 300,
      ...options,
    });
    for (const name of NAMES)
      await terminal.shows(new RegExp(`^${name} \\| .*ready to serve clients`, 'm'), START_LIMIT_MS);
    return terminal;
  }

  test(
    'each line begins with the name of its member, coloured; Ctrl-C ends them in order',
    async () => {
      const shown = await start();
      shown.press(CTRL_C);
      expect(await shown.exited).toBe(exitCodes.ok.code);
      for (const line of shown.plainScreen.split('\n').filter((each) => each !== '' && each !== '^C')) {
        expect(line.replace(/^\^C/, '')).toMatch(/^(node[123] \| \[\d\d:\d\d:\d\d\.\d{3}\] (INFO|WARN)|cairn: )/);
      }
      for (const name of NAMES) {
        expect(shown.plainScreen).toMatch(
          new RegExp(`${name} \\| .*INFO: stopped\n(.*\n)*.*${name} ended with code 0`),
        );
        expect(shown.screen).toMatch(new RegExp(`\x1b\\[\\d+m${name} \\|\x1b\\[0m .*\x1b\\[32mINFO`));
      }
    },
    2 * START_LIMIT_MS,
  );

  test('of a member that is killed it is said how to start it again', async () => {
    const shown = await start(`--snapshot-count=5000 --cors ${quoted('*')} --initial-cluster-token ${quoted("it's")}`);
    process.kill(Number(readFileSync(join(place.folder, 'cluster.etcd/node2/PID'), 'utf8')), 'SIGKILL');
    await shown.shows(
      /^cairn: node2 ended with SIGKILL\n(.*\n)*?cairn: start node2 again, in another terminal: npm start -- --name=node2 --data-dir=/m,
    );
    await shown.shows(/ --snapshot-count=5000 --cors '\*' --initial-cluster-token 'it'\\''s'$/m);
    shown.press(CTRL_C);
    expect(await shown.exited).toBe(1);
    expect(shown.plainScreen).not.toContain('start node1 again');
  });

  test(
    'Ctrl-C once more ends them all at once, with the code for it; with NO_COLOR there are none',
    async () => {
      const shown = await start('', { environment: { NO_COLOR: '1' } });
      // A request that has not come whole is waited for.
      const slow = await Promise.all([12_379, 22_379, 32_379].map(unfinishedRequest));
      shown.press(CTRL_C);
      for (const name of NAMES) await shown.shows(new RegExp(`${name} \\| .*stopping`));
      await sleep(SAME_WISH_MS + 100);
      expect(shown.isRunning).toBe(true);
      const elapsedMs = startFairClock();
      shown.press(CTRL_C);
      expect(await shown.exited).toBe(exitCodes.stoppedAtOnce.code);
      expect(elapsedMs()).toBeLessThan(4000);
      for (const socket of slow) socket.destroy();
      for (const name of NAMES) expect(shown.plainScreen).toContain(`${name} ended with code 130`);
      expect(shown.plainScreen).not.toMatch(/^( |node\d \|) +at /m);
      expect(shown.screen).not.toMatch(/\x1b\[\d/);
    },
    2 * START_LIMIT_MS,
  );
}

test('in a pipe the lines are JSON behind plain names, and what a member says before it has a log has its name, too', () => {
  const { status, stderr, stdout } = spawnSync(process.execPath, [SCRIPT, '--data-dri', 'x'], {
    cwd: ROOT,
    env: surroundings(),
    encoding: 'utf8',
  });
  expect([status, stdout]).toEqual([exitCodes.badConfiguration.code, '']);
  for (const name of NAMES) {
    expect(stderr).toMatch(new RegExp(`^${name} \\| cairn: .*--data-dri`, 'm'));
    expect(stderr).toMatch(new RegExp(`^cairn: ${name} ended with code 2$`, 'm'));
  }
  expect(stderr).not.toContain('\x1b');
});
