/** The tables of all routes of the client port but /v2/keys (spec v2-api section 1, v0-api section 1). */
import { Router } from '@koa/router';
import type { Context } from 'koa';
import { refuseCrossSite } from './connection/webRules';
import { serveNewToken } from './discovery/newToken';
import { TOKEN_PATH } from './discovery/registry';
import { servePage, serveRobots } from './discovery/servicePages';
import { serveToken } from './discovery/serveToken';
import { createTokenRate } from './discovery/tokenRules';
import { writeMethodNotAllowed } from './http/answers';
import { NO_OBSERVER } from './observer';
import { serveDebugVars } from './ops/debugVars';
import { serveDrain } from './ops/drain';
import { serveHealth, serveLive, serveReady } from './ops/health';
import { serveLogLevel } from './ops/logLevel';
import { serveMetrics } from './ops/metrics';
import { serveRoot, serveVersion } from './ops/version';
import type { ApiOptions } from './options';
import type { KeysHandler } from './v2/keys/keysHandler';
import { serveLeader, serveMachines } from './v2/members/machines';
import { MEMBERS_METHODS, serveMembers } from './v2/members/members';
import { serveLeaderStats, serveSelfStats, serveStoreStats } from './v2/stats/stats';

type Serve = (context: Context) => void | Promise<void>;

const GET = ['GET'] as const;
const GET_HEAD = ['GET', 'HEAD'] as const;
const PUT = ['PUT'] as const;

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
  addOperatorRoutes(route, options);
  addDiscoveryRoutes(router, options, registrations);
  switch (options.surface) {
    case 'all':
      addApiRoutes(route, options);
      break;
    case 'discovery':
      route(['/'], GET_HEAD, (context) => servePage(context));
      route(['/robots.txt'], GET_HEAD, (context) => serveRobots(context));
  }
  return router;
}

/** For a port of its own that has nothing else. */
export function createOperatorRouter(options: ApiOptions): Router {
  const router = new Router({ strict: true, sensitive: true });
  addOperatorRoutes(routeOf(router), options);
  return router;
}

/** What every kind of server has, for load balancers, orchestrators and monitoring. */
function addOperatorRoutes(route: Route, { member, drain, metrics, observer = NO_OBSERVER }: ApiOptions): void {
  route(['/version'], GET, (context) => serveVersion(context, member));
  route(['/health'], GET, (context) => serveHealth(context, member, observer));
  route(['/livez'], GET_HEAD, (context) => serveLive(context));
  route(['/readyz'], GET_HEAD, (context) => serveReady(context, member, drain));
  if (metrics !== undefined) route(['/metrics'], GET_HEAD, (context) => serveMetrics(context, metrics));
}

/** Spec cli-and-config section 4, server side. These decide about methods themselves. */
function addDiscoveryRoutes(router: Router, options: ApiOptions, registrations: KeysHandler): void {
  const { member, now, discovery, web } = options;
  const rate = createTokenRate();
  router.all('/new', (context) => {
    // Any method makes a token, so that of an image on a web page does too.
    if (refuseCrossSite(context.req, context.res, web)) return undefined;
    return serveNewToken(context, member, discovery, rate, now());
  });
  router.all(TOKEN_PATH, (context) => serveToken(context, member, registrations, discovery));
}

function addApiRoutes(route: Route, { member, now, setLogLevel, drain }: ApiOptions): void {
  route(['/'], GET_HEAD, (context) => serveRoot(context));
  route(['/debug/vars'], GET, (context) => serveDebugVars(context, member));
  route(['/config/local/log'], PUT, (context) => serveLogLevel(context, setLogLevel));
  if (drain !== undefined) route(['/config/local/drain'], PUT, (context) => serveDrain(context, drain));
  route(['/v2/machines', '/v1/machines', '/machines'], GET_HEAD, (context) => serveMachines(context, member));
  route(['/v2/leader', '/v1/leader', '/leader'], GET_HEAD, (context) => serveLeader(context, member));
  route(['/v2/stats/self'], GET, (context) => serveSelfStats(context, member, now()));
  route(['/v2/stats/store'], GET, (context) => serveStoreStats(context, member));
  route(['/v2/stats/leader'], GET, (context) => serveLeaderStats(context, member));
  const members = ['/v2/members', '/v2/members/', '/v2/members/*subpath'];
  route(members, MEMBERS_METHODS, (context) => serveMembers(context, member));
}
