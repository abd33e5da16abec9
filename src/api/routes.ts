/** The table of all routes of the client port but /v2/keys (spec v2-api section 1, v0-api section 1). */
import { Router } from '@koa/router';
import type { Context } from 'koa';
import { writeMethodNotAllowed } from './http/answers';
import { serveDebugVars } from './ops/debugVars';
import { serveHealth, serveLive, serveReady } from './ops/health';
import { serveLogLevel } from './ops/logLevel';
import { serveMetrics } from './ops/metrics';
import { serveRoot, serveVersion } from './ops/version';
import type { ApiOptions } from './options';
import { serveLeader, serveMachines } from './v2/members/machines';
import { MEMBERS_METHODS, serveMembers } from './v2/members/members';
import { serveLeaderStats, serveSelfStats, serveStoreStats } from './v2/stats/stats';

type Serve = (context: Context) => void | Promise<void>;

const GET = ['GET'] as const;
const GET_HEAD = ['GET', 'HEAD'] as const;
const PUT = ['PUT'] as const;

/** Paths are exact: a trailing slash makes another one. */
export function createClientRouter(options: ApiOptions): Router {
  const { member, now, setLogLevel, metrics } = options;
  const router = new Router({ strict: true, sensitive: true });
  /** Any method that is not in the list gets 405 and the list. */
  const route = (paths: readonly string[], methods: readonly string[], serve: Serve): void => {
    for (const path of paths) {
      router.all(path, (context) => {
        if (methods.includes(context.method)) return serve(context);
        writeMethodNotAllowed(context.res, methods);
        return undefined;
      });
    }
  };

  route(['/'], GET_HEAD, (context) => serveRoot(context));
  route(['/version'], GET, (context) => serveVersion(context, member));
  route(['/health'], GET, (context) => serveHealth(context, member));
  route(['/livez'], GET_HEAD, (context) => serveLive(context));
  route(['/readyz'], GET_HEAD, (context) => serveReady(context, member));
  route(['/debug/vars'], GET, (context) => serveDebugVars(context, member));
  route(['/config/local/log'], PUT, (context) => serveLogLevel(context, setLogLevel));
  if (metrics !== undefined) route(['/metrics'], GET_HEAD, (context) => serveMetrics(context, metrics));

  route(['/v2/machines', '/v1/machines', '/machines'], GET_HEAD, (context) => serveMachines(context, member));
  route(['/v2/leader', '/v1/leader', '/leader'], GET_HEAD, (context) => serveLeader(context, member));
  route(['/v2/stats/self'], GET, (context) => serveSelfStats(context, member, now()));
  route(['/v2/stats/store'], GET, (context) => serveStoreStats(context, member));
  route(['/v2/stats/leader'], GET, (context) => serveLeaderStats(context, member));
  const members = ['/v2/members', '/v2/members/', '/v2/members/*subpath'];
  route(members, MEMBERS_METHODS, (context) => serveMembers(context, member));
  return router;
}
