/** One member, from its command line until it is asked to stop. */
import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { build } from './build';
import type { Configuration } from './config/configuration';
import { loadConfiguration } from './config/load';
import { createLogger } from './logging';
import { exitNumber, exitReasonOf } from './exit';
import { startServer, type Server } from './server';

const REMOVED_DELAY_MS = 1000;

/** What `cairn` without a command does. Never resolves while the member runs; the process ends with a documented exit code. */
export function runMember(argv: readonly string[]): void {
  const outcome = loadConfiguration(argv, process.env, (path) => readFileSync(path, 'utf8'), build());
  switch (outcome.kind) {
    case 'print':
      process.stdout.write(outcome.text);
      return;
    case 'error':
      process.stderr.write(`cairn: ${outcome.message}\n`);
      process.exitCode = exitNumber('badConfiguration');
      return;
    case 'run':
      void run(outcome.configuration, outcome.warnings);
  }
}

async function run(configuration: Configuration, warnings: readonly string[]): Promise<void> {
  const logger = await createLogger(configuration.logLevel, configuration.logFormat, process.stderr.isTTY);
  for (const warning of warnings) logger.warn(warning);
  const fail = (error: unknown): never => die(logger, error);
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  let onRemoved = (): void => undefined;
  const removed = new Promise<void>((resolve) => {
    onRemoved = resolve;
  });
  const server = await startServer(configuration, logger, { onFailure: fail, onRemoved }).catch(fail);
  stopOnSignals(server, logger);
  await removed;
  endRemoved(server, logger);
}

/** The words of the 2.3 documents. A moment passes before it stops, so that the others hear of the removal from here. */
function endRemoved(server: Server, logger: Logger): void {
  logger.error('the member has been permanently removed from the cluster');
  logger.error('the data-dir used by this member must be removed.');
  setTimeout(() => {
    server.stop().then(
      () => process.exit(exitNumber('removedFromCluster')),
      (error: unknown) => die(logger, error),
    );
  }, REMOVED_DELAY_MS);
}

/** The first signal stops in order, the second at once. */
function stopOnSignals(server: Server, logger: Logger): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(exitNumber('unexpectedFailure'));
    stopping = true;
    logger.info({ signal }, 'stopping');
    server.stop().then(
      () => {
        logger.info('stopped');
        process.exit(exitNumber('ok'));
      },
      (error: unknown) => die(logger, error),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** Ends the process at once: what is acknowledged is durable, and nothing more may be acknowledged. */
function die(logger: Logger, error: unknown): never {
  const reason = exitReasonOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (reason === 'unexpectedFailure') logger.fatal({ err: error }, message);
  else logger.fatal(message);
  process.exit(exitNumber(reason));
}
