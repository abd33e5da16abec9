/** The Koa application of the client port: the key routes in front, the router behind. */
import type { RequestListener } from 'node:http';
import Koa from 'koa';
import compose from 'koa-compose';
import { insteadOfMissingToken, refusalOfRegistration, REGISTRATION_BODY_BYTES_MAX } from './discovery/tokenRules';
import { writeBadRequest, writeInternalError, writeNotFound } from './http/answers';
import { parseRequestTarget } from './http/requestTarget';
import { keysFront, setRouterPath } from './keysFront';
import { BodyBudget } from './bodyBudget';
import type { ApiOptions } from './options';
import { NO_OBSERVER } from './observer';
import type { AccessControl } from './auth/accessControl';
import { createRouter } from './router';
import { clientRoutes, metricsRoutes, peerRoutes } from './routes';
import type { DirectHandler } from './direct/directConnection';
import { DirectKeys } from './v2/keys/directKeys';
import type { KeyFailure } from './v2/keys/failure';
import { KeysHandler, type KeysOptions } from './v2/keys/keysHandler';
import type { OpenWaits } from './modules/openWaits';
import type { KeptListings } from './v2/keys/keptListings';
import type { OpenWatches } from './v2/keys/watchResponse';
import { V1Keys } from './v1/keys';

/** What clients wait for, so that it can be ended, and what one of them was answered that another may ask for. */
export interface LongAnswers {
  readonly openWatches: OpenWatches;
  readonly openWaits: OpenWaits;
  readonly listings: KeptListings;
}

/**
 * What a node:http server wants of an application. As its `callback()`, without what Koa keeps ready for answers that it writes itself: each
 * route here writes its own, and what Koa hangs on a response and its socket for that was a sixth of all that a GET allocates.
 *
 * @param onUnexpected gets exceptions of any of its middleware, once per request; the request is then answered with 500
 */
export function requestListener(application: Koa, onUnexpected: (error: unknown) => void): RequestListener {
  const run = compose(application.middleware);
  return (request, response) => {
    run(application.createContext(request, response)).catch((error: unknown) => {
      onUnexpected(error);
      writeInternalError(response);
    });
  };
}

/**
 * Builds it; see `requestListener`.
 *
 * @param onUnexpected gets what fails in a later turn, once per request; the request is then answered with 500
 */
export function createApplication(
  options: ApiOptions,
  access: AccessControl,
  longAnswers: LongAnswers,
  onUnexpected: (error: unknown) => void,
): Koa {
  const { member, surface, maxRequestBytes, web } = options;
  const { guard, passwords } = access;
  const shared = sharedByKeys(options, longAnswers, onUnexpected);
  const keys = new KeysHandler({ ...shared, guard });
  const v1 = new V1Keys({ ...shared, guard });
  const registrations = new KeysHandler({
    ...shared,
    guard: guard.tokens,
    maxRequestBytes: Math.min(maxRequestBytes, REGISTRATION_BODY_BYTES_MAX),
    refusalOf: (command) => refusalOfRegistration(member, command),
  });
  const application = new Koa();
  application.use(keysFront(surface === 'all' ? keys : undefined, web.cors));
  application.use(foundOrNot);
  application.use(
    createRouter(clientRoutes(options, { registrations, v1, waits: longAnswers.openWaits }, passwords), guard).routes(),
  );
  return application;
}

/**
 * What answers the plainest key requests past all of the above, with the same answers; undefined where something has to be done to each
 * request, or to each answer, that is done there only.
 */
export function createDirectKeys(
  options: ApiOptions,
  { guard }: AccessControl,
  longAnswers: LongAnswers,
  onUnexpected: (error: unknown) => void,
): DirectHandler | undefined {
  const { surface, web, audit, drain } = options;
  if (surface !== 'all' || audit !== undefined || web.cors.length > 0) return undefined;
  const openGrant = (): ReturnType<typeof guard.openGrant> => (drain?.isOn === true ? undefined : guard.openGrant());
  return new DirectKeys({ ...sharedByKeys(options, longAnswers, onUnexpected), openGrant }).handle;
}

/** What everything that answers key requests has in common. */
function sharedByKeys(
  {
    member,
    maxRequestBytes,
    now,
    observer = NO_OBSERVER,
    bodyBudget = new BodyBudget(Infinity),
    discovery,
  }: ApiOptions,
  { openWatches, listings }: LongAnswers,
  onUnexpected: (error: unknown) => void,
): Omit<KeysOptions, 'guard'> {
  const insteadOfMissing = (path: string): KeyFailure | undefined => insteadOfMissingToken(path, discovery);
  return { member, bodyBudget, maxRequestBytes, now, openWatches, listings, observer, insteadOfMissing, onUnexpected };
}

/** As `createApplication`, for a port that only has the routes for monitoring, and for what the peer port has beside its own. */
export function createSideApplication(port: 'metrics' | 'peer', options: ApiOptions, access: AccessControl): Koa {
  const routes = port === 'metrics' ? metricsRoutes(options) : peerRoutes(options);
  const application = new Koa();
  application.use(onCleanedPath);
  application.use(foundOrNot);
  application.use(createRouter(routes, access.guard).routes());
  return application;
}

/** As on a client port: the path that is served is the one that the audit log reads, however it was spelled. */
const onCleanedPath: Koa.Middleware = (context, next) => {
  const target = parseRequestTarget(context.req.url ?? '');
  if (target === undefined) {
    writeBadRequest(context.res);
    return Promise.resolve();
  }
  setRouterPath(context, target);
  return next();
};

const foundOrNot: Koa.Middleware = async ({ res }, next) => {
  await next();
  if (!res.headersSent) writeNotFound(res);
};
