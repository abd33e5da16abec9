/** One member, from its command line until it is asked to stop. */
import type { Logger } from 'pino';
import type { Surface } from '../api/options';
import { build } from './build';
import type { Configuration } from '../config/configuration';
import { helpColumns } from '../config/helpColumns';
import { loadConfiguration } from '../config/load';
import { discoveryPreset } from '../config/presets';
import { createLogger, standardErrorReader } from './logging';
import { createDials } from './dials';
import { markDiffering } from './differingState';
import { exitNumber, exitReasonOf } from './exit';
import { Leaving } from './leaving';
import { StateDiffersError } from '../member/integrityCheck';
import { OutdatedDataError } from '../member/outdatedData';
import { ProcessTls } from './processTls';
import { REMOVED_DELAY_MS, type Removal, type ServerEvents } from './serverParts';
import { Serving } from './serving';
import { start } from './start';
import { StopWishes, takeOverSignals } from './stopSignals';
import { readPlainFileSync } from '../platform/plainFile';
import type { RemovalNote } from '../platform/removedFile';
import type { KnownCluster } from '../platform/standbyFile';
import { markRemoved } from './removedData';

/** What `cairn` without a command does, and `cairn discovery`. Never resolves while the member runs; the process ends with a documented exit code. */
export function runMember(argv: readonly string[], surface: Surface = 'all'): void {
  const preset = surface === 'discovery' ? discoveryPreset : undefined;
  const outcome = loadConfiguration(argv, process.env, readPlainFileSync, build(), preset, helpColumns(process.stdout));
  switch (outcome.kind) {
    case 'print':
      process.stdout.write(outcome.text);
      return;
    case 'error':
      process.stderr.write(`cairn: ${outcome.message}\n`);
      process.exitCode = exitNumber('badConfiguration');
      return;
    case 'run':
      void run(outcome.configuration, outcome.warnings, surface);
  }
}

async function run(configuration: Configuration, warnings: readonly string[], surface: Surface): Promise<void> {
  const logger = await createLogger(configuration.logLevel, configuration.logFormat, standardErrorReader());
  for (const warning of warnings) logger.warn(warning);
  const leaving = new Leaving(logger);
  const fail = (error: unknown, known?: KnownCluster): Promise<never> => {
    if (error instanceof StateDiffersError || error instanceof OutdatedDataError)
      markDiffering(configuration.dataDir, known, logger);
    return die(logger, leaving, error);
  };
  process.on('uncaughtException', (error) => void fail(error));
  process.on('unhandledRejection', (error) => void fail(error));
  let onRemoved = (_removal: Removal): void => undefined;
  const removed = new Promise<Removal>((resolve) => {
    onRemoved = resolve;
  });
  const events: ServerEvents = {
    onOpened: (close) => leaving.opened(close),
    onFailure: (error, known) => void fail(error, known),
    onRemoved,
  };
  const serving = new Serving();
  stopOnSignals(serving, logger, leaving);
  // Whoever sends it is told; that Node.js opens no debugger at it is the matter of scripts/launcher.js, from the first moment on.
  process.on('SIGUSR1', () => {
    logger.info('SIGUSR1 is not used; the level of the log is changed with PUT /config/local/log');
  });
  const starting = ProcessTls.open(configuration, logger).then((tls) =>
    start(serving, { configuration, logger, events, surface, dials: createDials(tls, configuration), tls }),
  );
  await starting.catch((error: unknown) => (serving.wasStopped ? never : fail(error)));
  endRemoved(serving, logger, configuration.dataDir, (await removed).note, leaving);
}

/** The words of the 2.3 documents. A moment passes before it stops, so that the others hear of the removal from here. */
function endRemoved(serving: Serving, logger: Logger, dataDir: string, note: RemovalNote, leaving: Leaving): void {
  logger.error('the member has been permanently removed from the cluster');
  logger.error('the data-dir used by this member must be removed.');
  logger.error(
    `nothing in ${dataDir} is needed any more: \`cairn clear-removed --data-dir ${dataDir}\` moves it aside. What begins there begins as its ` +
      `options say; with --join-urls ${note.peerURLs.join()} it joins the cluster as a new member`,
  );
  markRemoved(dataDir, note, logger);
  setTimeout(() => {
    serving.stop(new Error('the member was removed')).then(
      () => {
        // What others said meanwhile ("that counts once a majority says so") is not the end of the story.
        logger.error('stopped, because the member was removed from the cluster');
        void leaving.leave('removedFromCluster');
      },
      (error: unknown) => die(logger, leaving, error),
    );
  }, REMOVED_DELAY_MS);
}

/** What a server that was stopped while it started is waited for with: the signal's handler ends the process. */
const never = new Promise<never>(() => undefined);

/** The first signal stops in order, also a server that still waits for others; the second stops at once. */
function stopOnSignals(serving: Serving, logger: Logger, leaving: Leaving): void {
  const wishes = new StopWishes();
  const stop = (signal: NodeJS.Signals): void => {
    const wish = wishes.heard(performance.now());
    if (wish === 'echo') return;
    if (wish === 'second') {
      void leaving.leave('stoppedAtOnce');
      return;
    }
    logger.info({ signal }, 'stopping');
    serving.stop(new Error(`stopped by ${signal}`)).then(
      () => {
        logger.info('stopped');
        void leaving.leave('ok');
      },
      (error: unknown) => void die(logger, leaving, error),
    );
  };
  takeOverSignals(stop);
}

/** Ends the process: what is acknowledged is durable, and nothing more may be acknowledged. */
function die(logger: Logger, leaving: Leaving, error: unknown): Promise<never> {
  if (leaving.isLeaving) return never;
  const reason = exitReasonOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (reason === 'unexpectedFailure') logger.fatal({ err: error }, message);
  else logger.fatal(message);
  return leaving.leave(reason);
}
