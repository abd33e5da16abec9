/** The tables of all routes but /v2/keys (spec v2-api section 1, v0-api section 1). */
import { Router } from '@koa/router';
import type { Context } from 'koa';
import { refuseCrossSite } from './connection/webRules';
import { serveNewToken } from './discovery/newToken';
import { TOKEN_PATH } from './discovery/registry';
import { servePage, serveRobots } from './discovery/servicePages';
import { serveToken } from './discovery/serveToken';
import { createTokenRate } from './discovery/tokenRules';
import { writeErrorText, writeMethodNotAllowed } from './http/answers';
import { NO_OBSERVER } from './observer';
import { serveDebugVars } from './ops/debugVars';
import { serveDrain } from './ops/drain';
import { serveHealth, serveLive, serveReady } from './ops/health';
import { serveLogLevel } from './ops/logLevel';
import { serveMetrics } from './ops/metrics';
import { serveRoot, serveVersion } from './ops/version';
import type { ApiOptions, OperatorPlace } from './options';
import type { KeysHandler } from './v2/keys/keysHandler';
import { serveLeader, serveMachines } from './v2/members/machines';
import { MEMBERS_METHODS, serveMembers } from './v2/members/members';
import { serveLeaderStats, serveSelfStats, serveStoreStats } from './v2/stats/stats';

type Serve = (context: Context) => void | Promise<void>;

const GET = ['GET'] as const;
const GET_HEAD = ['GET', 'HEAD'] as const;
const PUT = ['PUT'] as const;

const MEMBERS_PATHS = ['/v2/members', '/v2/members/', '/v2/members/*subpath'] as const;

/** Adds routes; any method that is not in the list gets 405 and the list. */
type Route = (paths: readonly string[], methods: readonly string[], serve: Serve) => void;

function routeOf(router: Router): Route {
  return (paths, methods, serve) => {
    for (const path of paths) {
      router.all(path, (context) => {
        if (methods.includes(context.method)) return serve(context);
        writeMethodNotAllowed(context.res, methods);
        return undefined;
      });
    }
  };
}

/** Paths are exact: a trailing slash makes another one. */
export function createClientRouter(options: ApiOptions, registrations: KeysHandler): Router {
  const router = new Router({ strict: true, sensitive: true });
  const route = routeOf(router);
  addMonitoringRoutes(route, options);
  router.all(TOKEN_PATH, (context) => serveToken(context, options.member, registrations, options.discovery));
  switch (options.surface) {
    case 'all':
      addApiRoutes(route, options);
      if (placeOf(options) === 'client') addOperatorRoutes(router, options);
      else refuseOperatorRoutes(router, options);
      break;
    case 'discovery':
      addTokenRoute(router, options);
      route(['/'], GET_HEAD, (context) => servePage(context));
      route(['/robots.txt'], GET_HEAD, (context) => serveRobots(context));
  }
  return router;
}

/** For a port of its own that has nothing else. */
export function createMetricsRouter(options: ApiOptions): Router {
  const router = new Router({ strict: true, sensitive: true });
  addMonitoringRoutes(routeOf(router), options);
  if (placeOf(options) === 'metrics') addOperatorRoutes(router, options);
  return router;
}

/** What the peer port has beside its own. */
export function createPeerRouter(options: ApiOptions): Router {
  const router = new Router({ strict: true, sensitive: true });
  if (placeOf(options) === 'peer') addOperatorRoutes(router, options);
  return router;
}

function placeOf({ operatorRoutes = 'client' }: ApiOptions): OperatorPlace {
  return operatorRoutes;
}

/** What every kind of server has, for load balancers, orchestrators and monitoring. */
function addMonitoringRoutes(route: Route, { member, drain, metrics, observer = NO_OBSERVER }: ApiOptions): void {
  route(['/version'], GET, (context) => serveVersion(context, member));
  route(['/health'], GET, (context) => serveHealth(context, member, observer));
  route(['/livez'], GET_HEAD, (context) => serveLive(context));
  route(['/readyz'], GET_HEAD, (context) => serveReady(context, member, drain));
  if (metrics !== undefined) route(['/metrics'], GET_HEAD, (context) => serveMetrics(context, metrics));
}

/** What changes how a member or its cluster runs, or shows its inside. */
function addOperatorRoutes(router: Router, options: ApiOptions): void {
  const { member, setLogLevel, drain, commandLine = [] } = options;
  const route = routeOf(router);
  route(['/debug/vars'], GET, (context) => serveDebugVars(context, member, commandLine));
  route(['/config/local/log'], PUT, (context) => serveLogLevel(context, setLogLevel));
  if (drain !== undefined) route(['/config/local/drain'], PUT, (context) => serveDrain(context, drain));
  route(MEMBERS_PATHS, MEMBERS_METHODS, (context) => serveMembers(context, member));
  addTokenRoute(router, options);
}

/** On the client port, when they are on another one. Who the members are is no secret of operators: clients ask for it. */
function refuseOperatorRoutes(router: Router, options: ApiOptions): void {
  const refuse = (context: Context): void => {
    const text = `served on the ${placeOf(options)} port of this member only (--operator-routes)`;
    writeErrorText(context.res, 403, text);
  };
  for (const path of ['/debug/vars', '/config/local/log', '/config/local/drain', '/new']) router.all(path, refuse);
  for (const path of MEMBERS_PATHS) {
    router.all(path, (context) => (context.method === 'GET' ? serveMembers(context, options.member) : refuse(context)));
  }
}

/** Spec cli-and-config section 4, server side. It decides about methods itself. */
function addTokenRoute(router: Router, { member, now, discovery, web }: ApiOptions): void {
  const rate = createTokenRate();
  router.all('/new', (context) => {
    // Any method makes a token, so that of an image on a web page does too.
    if (refuseCrossSite(context.req, context.res, web)) return undefined;
    return serveNewToken(context, member, discovery, rate, now());
  });
}

function addApiRoutes(route: Route, { member, now }: ApiOptions): void {
  route(['/'], GET_HEAD, (context) => serveRoot(context));
  route(['/v2/machines', '/v1/machines', '/machines'], GET_HEAD, (context) => serveMachines(context, member));
  route(['/v2/leader', '/v1/leader', '/leader'], GET_HEAD, (context) => serveLeader(context, member));
  route(['/v2/stats/self'], GET, (context) => serveSelfStats(context, member, now()));
  route(['/v2/stats/store'], GET, (context) => serveStoreStats(context, member));
  route(['/v2/stats/leader'], GET, (context) => serveLeaderStats(context, member));
}
