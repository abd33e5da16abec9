/** The routes of the v1 API (spec v0-api sections 1 and 2). Who may do what to a key is asked for the key, as in v2. */
import type { StatusSource } from '../../member/types';
import { open, type Route, type Rule } from '../routeRules';
import { serveLeaderStats, serveSelfStats, serveStoreStats } from '../v2/stats/stats';
import { KEYS, WATCH } from './keyPath';
import type { V1Keys } from './keys';
import { serveV1Stats } from './stats';

export function v1Routes(keys: V1Keys, member: StatusSource, now: () => number): readonly Route[] {
  const get = open((context) => keys.get(context));
  const set = open((context) => keys.set(context));
  const watch = open((context) => keys.watch(context));
  return [
    { paths: [KEYS], rules: { any: toDirectory(KEYS) } },
    { paths: [WATCH], rules: { any: toDirectory(WATCH) } },
    {
      paths: [/^\/v1\/keys\//],
      rules: { GET: get, HEAD: get, POST: set, PUT: set, DELETE: open((context) => keys.delete(context)) },
    },
    { paths: [/^\/v1\/watch\//], rules: { GET: watch, POST: watch } },
    { paths: ['/v1/stats/self'], rules: { GET: open((context) => serveSelfStats(context, member, now())) } },
    { paths: ['/v1/stats/store'], rules: { GET: open((context) => serveStoreStats(context, member)) } },
    { paths: ['/v1/stats/leader'], rules: { GET: open((context) => serveLeaderStats(context, member)) } },
    { paths: ['/stats'], rules: { GET: open((context) => serveV1Stats(context, member)) } },
  ];
}

/**
 * As Go's multiplexer: what is registered with a slash at its end is asked for with one. To the path of the route, not to what the client
 * wrote for it: `//elsewhere/..%2fv1%2fkeys` is this path too, and would lead elsewhere.
 */
function toDirectory(path: string): Rule {
  return open(({ querystring, res, req }) => {
    req.resume();
    res.writeHead(301, ['Location', `${path}/${querystring === '' ? '' : `?${querystring}`}`, 'Content-Length', 0]);
    res.end();
  });
}
