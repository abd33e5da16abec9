/** `docker run -it`: the image on a terminal, where there is an engine that can build and run it. */
import { spawnSync } from 'node:child_process';
import { ROOT } from './place';
import { CTRL_C, PseudoTerminal, whyNoTerminal } from './pseudoTerminal';

const { whyNoDocker, buildImage, IMAGE } = jest.requireActual<{
  whyNoDocker: () => Promise<string | undefined>;
  buildImage: () => Promise<void>;
  IMAGE: string;
}>('../../scripts/packaging/docker.js');

const BUILD_LIMIT_MS = 30 * 60_000;
const hasEngine = spawnSync('docker', ['version'], { timeout: 10_000 }).status === 0;
const reason = whyNoTerminal() ?? (hasEngine ? undefined : 'it needs a `docker` command that reaches a running engine');

(reason === undefined ? test : test.skip)(
  `docker run -it shows readable lines, and Ctrl-C ends it with 0${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  async () => {
    expect(await whyNoDocker()).toBeUndefined();
    await buildImage();
    const shown = new PseudoTerminal(`exec docker run -it --rm --network none ${IMAGE}`, { cwd: ROOT, columns: 200 });
    try {
      await shown.shows(/\] INFO: ready to serve clients/, 60_000);
      shown.press(CTRL_C);
      expect(await shown.exited).toBe(0);
      expect(shown.plainScreen).toMatch(/INFO: stopped/);
    } finally {
      shown.close();
    }
  },
  BUILD_LIMIT_MS,
);
