/** A whole Cairn server in this process, on free ports and with a directory of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino, type Logger } from 'pino';
import type { Surface } from '../../src/api/options';
import { loadConfiguration } from '../../src/config/load';
import { createDials } from '../../src/app/dials';
import { ProcessTls } from '../../src/app/processTls';
import type { ProcessSetting } from '../../src/app/serverParts';
import { Serving } from '../../src/app/serving';
import { start } from '../../src/app/start';
import { stablePort } from './ports';

export interface InProcess {
  readonly url: string;
  readonly port: number;
  readonly peerUrl: string;
  readonly serving: Serving;
  readonly setting: ProcessSetting;
  stop(): Promise<void>;
}

/** Where a server is to be; made before it is started, so that others can be told of it. */
export interface Place {
  readonly port: number;
  readonly peerPort: number;
}

export async function freePlace(): Promise<Place> {
  return { port: await stablePort(), peerPort: await stablePort() };
}

export async function startInProcess(
  surface: Surface,
  moreFlags: readonly string[] = [],
  place?: Place,
  logger: Logger = pino({ level: 'silent' }),
): Promise<InProcess> {
  const dataDir = mkdtempSync(join(tmpdir(), 'cairn-in-process-'));
  const { port, peerPort } = place ?? (await freePlace());
  const url = `http://127.0.0.1:${port}`;
  const peerUrl = `http://127.0.0.1:${peerPort}`;
  const flags = [
    ...[`--data-dir=${join(dataDir, 'data')}`, `--listen-client-urls=${url}`, `--advertise-client-urls=${url}`],
    ...[`--listen-peer-urls=${peerUrl}`, `--initial-advertise-peer-urls=${peerUrl}`],
    ...moreFlags,
  ];
  const build = { version: '0', nodeVersion: process.version, platform: 'test' };
  const outcome = loadConfiguration(flags, {}, () => '', build);
  if (outcome.kind !== 'run') throw new Error(JSON.stringify(outcome));
  const onFailure = (error: unknown): void => {
    throw error;
  };
  const tls = await ProcessTls.open(outcome.configuration, logger);
  const serving = new Serving();
  const setting = {
    configuration: outcome.configuration,
    logger,
    events: { onOpened: () => undefined, onFailure, onRemoved: () => undefined },
    surface,
    dials: createDials(tls, outcome.configuration),
    tls,
  };
  await start(serving, setting).catch((error: unknown) => {
    tls.stop();
    rmSync(dataDir, { recursive: true, force: true });
    throw error;
  });
  return {
    url,
    port,
    peerUrl,
    serving,
    setting,
    stop: async () => {
      await serving.stop(new Error('the test is over'));
      tls.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
