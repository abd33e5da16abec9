/** The commands of the README, by npm, on a terminal, from a fresh clone. */
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../cluster/waiting';
import { whyNoClone, makeClone, type Clone } from './clone';
import { CLUSTER_PORTS } from '../support/ports';
import { takeClusterPorts, untilClusterPortsAreFree } from './clusterPorts';
import { isFree, makePlace, ROOT, type Place } from './place';
import { CTRL_C, PseudoTerminal, surroundings, whyNoTerminal } from './pseudoTerminal';
import { outputOf, transcriptOf, whyNoCurl } from './transcript';

const INSTALL_LIMIT_MS = 8 * 60_000;
const START_LIMIT_MS = 90_000;
/** Others that run a cluster are done with one test of theirs. */
const TURN_LIMIT_MS = 180_000;

const reason = whyNoTerminal() ?? whyNoClone();
if (reason === undefined) describe('npm in a fresh clone', suite);
else describe.skip(`npm in a fresh clone (skipped: ${reason})`, suite);

function suite(): void {
  let clone: Clone;
  let place: Place;
  let terminal: PseudoTerminal | undefined;

  beforeAll(() => {
    clone = makeClone();
  });

  afterAll(() => {
    clone.remove();
  });

  beforeEach(async () => {
    place = await makePlace();
  });

  afterEach(async () => {
    terminal?.close();
    await terminal?.exited;
    terminal = undefined;
    place.remove();
  });

  function type(commandLine: string): PseudoTerminal {
    terminal = new PseudoTerminal(`exec ${commandLine}`, { cwd: clone.folder, columns: 200 });
    return terminal;
  }

  async function untilFree(...ports: readonly number[]): Promise<void> {
    for (const port of ports)
      await until(`port ${port} is free`, 60_000, async () => (await isFree(port)) || undefined);
  }

  async function areFree(...ports: readonly number[]): Promise<boolean> {
    return (await Promise.all(ports.map(isFree))).every((free) => free);
  }

  const noCurl = whyNoCurl();
  if (noCurl !== undefined) test.skip(`the transcript of the README (skipped: ${noCurl})`, () => undefined);

  test(
    'Ctrl-C while packages are installed ends it soon, and nothing goes on alone',
    async () => {
      const shown = type(`npm start -- ${place.flags}`);
      await shown.shows(/^cairn: installing packages/m, START_LIMIT_MS);
      await until('npm begins', START_LIMIT_MS, () => existsSync(join(clone.folder, 'node_modules')) || undefined);
      shown.press(CTRL_C);
      expect(await shown.exited).not.toBe(0);
      expect(existsSync(join(clone.folder, '.cache', 'prepare.lock'))).toBe(false);
    },
    INSTALL_LIMIT_MS,
  );

  test(
    'npm start installs, builds and serves, saying so; the transcript of the README is what curl prints; Ctrl-C ends it with 0',
    async () => {
      // Where the usual ports are taken, the member gets others, and curl is told where they are; what is typed stays the same.
      const isUsual = await areFree(2379, 2380);
      const [clientPort, peerPort] = isUsual ? [2379, 2380] : [place.clientPort, place.peerPort];
      writeFileSync(join(place.folder, '.curlrc'), `connect-to = "127.0.0.1:2379:127.0.0.1:${clientPort}"\n`);
      const shown = type(isUsual ? 'npm start' : `npm start -- ${place.flags}`);
      await shown.shows(/^cairn: installing packages/m, START_LIMIT_MS);
      await shown.shows(/^cairn: building/m, INSTALL_LIMIT_MS);
      await shown.shows(/INFO: ready to serve clients/, INSTALL_LIMIT_MS);
      const steps = transcriptOf(join(ROOT, 'README.md'));
      expect(steps.length).toBeGreaterThan(4);
      if (noCurl === undefined) {
        for (const { command, output } of steps) {
          expect([command, outputOf(command, place.folder)]).toEqual([command, output]);
        }
      }
      shown.press(CTRL_C);
      expect(await shown.exited).toBe(0);
      expect(await areFree(clientPort, peerPort)).toBe(true);
      expect(shown.plainScreen).toMatch(/INFO: stopped/);
      expect(shown.plainScreen).not.toMatch(/Warning|npm error/);
    },
    2 * INSTALL_LIMIT_MS,
  );

  test(
    'the second start is quick and silent about packages; one more beside it says what is taken',
    async () => {
      const shown = type(`npm start -- ${place.flags}`);
      await shown.shows(/ready to serve clients/, START_LIMIT_MS);
      expect(shown.plainScreen).not.toMatch(/installing|building/);
      const other = new PseudoTerminal(`exec npm start -- ${place.flags}`, { cwd: clone.folder, columns: 200 });
      expect(await other.exited).not.toBe(0);
      expect(other.plainScreen).toMatch(/FATAL: .*(in use|another process)/);
      expect(other.plainScreen).not.toMatch(/^ {4}at /m);
    },
    2 * START_LIMIT_MS,
  );

  test(
    'a mistake in a flag ends it with 2, below a sentence that names the flag',
    async () => {
      const shown = type('npm start -- --data-dri x');
      expect(await shown.exited).toBe(2);
      expect(shown.plainScreen).toMatch(/^cairn: .*--data-dri/m);
    },
    START_LIMIT_MS,
  );

  test(
    'a terminal that is closed takes the server with it',
    async () => {
      const shown = type(`npm start -- ${place.flags}`);
      await shown.shows(/ready to serve clients/, START_LIMIT_MS);
      shown.close();
      await untilFree(place.clientPort, place.peerPort);
    },
    START_LIMIT_MS,
  );

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const)(
    '%s to npm alone ends the server and frees its ports',
    async (signal) => {
      const npm = spawn('npm', ['start', '--', ...place.flags.split(' ')], {
        cwd: clone.folder,
        env: surroundings(),
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      });
      let log = '';
      npm.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
      const closed = new Promise<void>((resolve) => npm.stderr.once('close', resolve));
      const exited = new Promise<number | null>((resolve) => npm.once('exit', resolve));
      try {
        await until('it serves', START_LIMIT_MS, () => log.includes('ready to serve clients') || undefined);
        npm.kill(signal);
        const code = await exited;
        await untilFree(place.clientPort, place.peerPort);
        await closed;
        expect(log).toMatch(/"msg":"stopped"/);
        if (signal === 'SIGINT' || signal === 'SIGTERM') expect(code).toBe(0);
      } finally {
        // The group, in case something is left of it.
        if (!(await areFree(place.clientPort))) process.kill(-(npm.pid ?? 0), 'SIGKILL');
      }
    },
    2 * START_LIMIT_MS,
  );

  describe('npm run cluster', () => {
    let giveBack: () => Promise<void>;

    beforeEach(async () => {
      giveBack = await takeClusterPorts(TURN_LIMIT_MS);
    }, 2 * TURN_LIMIT_MS);

    afterEach(() => giveBack());

    async function startCluster(): Promise<PseudoTerminal> {
      const shown = type('npm run cluster');
      for (const port of [12_379, 22_379, 32_379]) {
        await until(`the member at ${port} is ready`, START_LIMIT_MS, async () => {
          if (!shown.isRunning) throw new Error(shown.plainScreen);
          return (await fetch(`http://127.0.0.1:${port}/readyz`)).ok || undefined;
        });
      }
      return shown;
    }

    test(
      'runs three members, and Ctrl-C ends them all in order',
      async () => {
        const shown = await startCluster();
        expect(shown.plainScreen).toMatch(/^cairn: three members: /m);
        expect(shown.plainScreen).not.toMatch(/Warning/);
        shown.press(CTRL_C);
        expect(await shown.exited).toBe(0);
        for (const name of ['node1', 'node2', 'node3'])
          expect(shown.plainScreen).toContain(`${name} ended with code 0`);
        expect(await areFree(...CLUSTER_PORTS)).toBe(true);
      },
      2 * START_LIMIT_MS,
    );

    test(
      'ends when its terminal is closed',
      async () => {
        const shown = await startCluster();
        shown.close();
        await untilClusterPortsAreFree();
      },
      2 * START_LIMIT_MS,
    );
  });
}
