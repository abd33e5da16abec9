/** The Koa application of the client port: the key routes in front, the router behind. */
import Koa from 'koa';
import { refusalOfRegistration, REGISTRATION_BODY_BYTES_MAX } from './discovery/tokenRules';
import { writeInternalError, writeNotFound } from './http/answers';
import { keysFront } from './keysFront';
import { BodyBudget } from './bodyBudget';
import type { ApiOptions } from './options';
import { NO_OBSERVER } from './observer';
import type { AccessControl } from './auth/accessControl';
import { createRouter } from './router';
import { clientRoutes, metricsRoutes, peerRoutes } from './routes';
import { KeysHandler } from './v2/keys/keysHandler';
import type { OpenWaits } from './modules/openWaits';
import type { OpenWatches } from './v2/keys/watchResponse';
import { V1Keys } from './v1/keys';

/** What clients wait for, so that it can be ended. */
export interface LongAnswers {
  readonly openWatches: OpenWatches;
  readonly openWaits: OpenWaits;
}

/**
 * Builds it; its `callback()` is what a node:http server wants.
 *
 * @param onUnexpected gets exceptions, once per request; the request is then answered with 500
 */
export function createApplication(
  options: ApiOptions,
  access: AccessControl,
  { openWatches, openWaits }: LongAnswers,
  onUnexpected: (error: unknown) => void,
): Koa {
  const { member, surface, maxRequestBytes, now, logger, web } = options;
  const { observer = NO_OBSERVER, bodyBudget = new BodyBudget(Infinity) } = options;
  const { guard, passwords } = access;
  const shared = { member, bodyBudget, now, openWatches, observer, onUnexpected };
  const keys = new KeysHandler({ ...shared, guard, maxRequestBytes });
  const v1 = new V1Keys({ ...shared, guard, maxRequestBytes });
  const registrations = new KeysHandler({
    ...shared,
    guard: guard.tokens,
    maxRequestBytes: Math.min(maxRequestBytes, REGISTRATION_BODY_BYTES_MAX),
    refusalOf: (command) => refusalOfRegistration(member, command),
  });
  const application = new Koa();
  application.use(keysFront(surface === 'all' ? keys : undefined, web.cors, onUnexpected));
  application.use(lastResort(onUnexpected));
  application.use(
    createRouter(clientRoutes(options, { registrations, v1, waits: openWaits }, passwords), guard).routes(),
  );
  logBroken(application, logger);
  return application;
}

/** As `createApplication`, for a port that only has the routes for monitoring, and for what the peer port has beside its own. */
export function createSideApplication(
  port: 'metrics' | 'peer',
  options: ApiOptions,
  access: AccessControl,
  onUnexpected: (error: unknown) => void,
): Koa {
  const routes = port === 'metrics' ? metricsRoutes(options) : peerRoutes(options);
  const application = new Koa();
  application.use(lastResort(onUnexpected));
  application.use(createRouter(routes, access.guard).routes());
  logBroken(application, options.logger);
  return application;
}

function lastResort(onUnexpected: (error: unknown) => void): Koa.Middleware {
  return async (context, next) => {
    // Every route writes its own answer, byte for byte; Koa adds nothing to it.
    context.respond = false;
    try {
      await next();
      if (!context.res.headersSent) writeNotFound(context.res);
    } catch (error) {
      onUnexpected(error);
      writeInternalError(context.res);
    }
  };
}

function logBroken(application: Koa, logger: ApiOptions['logger']): void {
  // What is left for Koa is a connection that broke while it was answered.
  application.on('error', (error: unknown) => {
    logger.debug({ err: error }, 'a connection broke while it was answered');
  });
}
