#!/usr/bin/env node
/** The `cairn` command: one member, until it is asked to stop. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Configuration } from './config/configuration';
import { loadConfiguration } from './config/load';
import type { Build } from './config/version';
import { createLogger } from './logging';
import { exitCodeOf, exitNumber, startServer, type Server } from './server';

function main(): void {
  const outcome = loadConfiguration(process.argv.slice(2), process.env, (path) => readFileSync(path, 'utf8'), build());
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
  const logger = createLogger(configuration.logLevel, configuration.logFormat, process.stderr.isTTY);
  for (const warning of warnings) logger.warn(warning);
  const fail = (error: unknown): never => die(logger, error);
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  const server = await startServer(configuration, logger, fail).catch(fail);
  stopOnSignals(server, logger);
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
  const reason = exitCodeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (reason === 'unexpectedFailure') logger.fatal({ err: error }, message);
  else logger.fatal(message);
  process.exit(exitNumber(reason));
}

function build(): Build {
  const manifest = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8')) as { version: string };
  return {
    version: manifest.version,
    nodeVersion: process.version,
    platform: `${process.platform}/${process.arch}`,
  };
}

main();
