/** The tables of all routes but /v2/keys (spec v2-api section 1, v0-api section 1): for each method, who may use it. */
import type { Context } from 'koa';
import { adminRoutes, peerAdminRoutes, readOnlyAdminRoutes } from './admin/adminRoutes';
import { withoutPages } from './admin/noPages';
import { refuseCrossSite } from './connection/webRules';
import { dashboardRoutes } from './dashboard/dashboardRoutes';
import { serveNewToken } from './discovery/newToken';
import { TOKEN_PATH } from './discovery/registry';
import { servePage, serveRobots } from './discovery/servicePages';
import { serveToken } from './discovery/serveToken';
import { createTokenRate } from './discovery/tokenRules';
import { writeErrorText } from './http/answers';
import { moduleRoutes } from './modules/moduleRoutes';
import type { OpenWaits } from './modules/openWaits';
import { NO_OBSERVER } from './observer';
import { serveDebugVars } from './ops/debugVars';
import { serveDrain } from './ops/drain';
import { serveHealth, serveLive, serveReady } from './ops/health';
import { serveLogLevel } from './ops/logLevel';
import { serveMetrics } from './ops/metrics';
import { serveRoot, serveVersion } from './ops/version';
import type { ApiOptions, OperatorPlace } from './options';
import { open, root, withState, type Route, type Rule, type Rules } from './routeRules';
import { authRoutes, type PasswordHashing } from './v2/auth/authRoutes';
import type { V1Keys } from './v1/keys';
import { v1Routes } from './v1/routes';
import type { KeysHandler } from './v2/keys/keysHandler';
import { addMember, removeMember, updateMember } from './v2/members/changeMembers';
import { serveLeader, serveMachines } from './v2/members/machines';
import { showMembers } from './v2/members/members';
import { serveLeaderStats, serveSelfStats, serveStoreStats } from './v2/stats/stats';

const MEMBERS_PATHS = ['/v2/members', '/v2/members/', '/v2/members/*subpath'] as const;

/** What is read the same way with HEAD. */
function read(rule: Rule): Rules {
  return { GET: rule, HEAD: rule };
}

/** What speaks of keys, other than /v2/keys itself. */
export interface KeyDialects {
  readonly registrations: KeysHandler;
  readonly v1: V1Keys;
  /** Locks. */
  readonly waits: OpenWaits;
}

/** For a client port: of a member, or of nothing but a discovery service. */
export function clientRoutes(
  options: ApiOptions,
  { registrations, v1, waits }: KeyDialects,
  passwords: PasswordHashing,
): readonly Route[] {
  const common = [...monitoringRoutes(options), tokenRoute(options, registrations)];
  switch (options.surface) {
    case 'all':
      return [
        ...common,
        ...apiRoutes(options),
        ...v1Routes(v1, options.member, options.now),
        ...authRoutes(options.member, passwords, options.bodyBudget),
        ...(options.dashboard === undefined ? [] : dashboardRoutes(options.dashboard)),
        ...moduleRoutes(options.member, waits, options.observer ?? NO_OBSERVER),
        ...(placeOf(options) === 'client'
          ? [...operatorRoutes(options), ...adminRoutes(options)]
          : absentOperatorRoutes(options)),
      ];
    case 'discovery':
      return [
        ...common,
        newTokenRoute(options),
        { paths: ['/'], rules: read(open(servePage)) },
        { paths: ['/robots.txt'], rules: read(open(serveRobots)) },
      ];
  }
}

/** For a port of its own that has nothing else. */
export function metricsRoutes(options: ApiOptions): readonly Route[] {
  return [
    ...monitoringRoutes(options),
    ...(placeOf(options) === 'metrics' ? [...operatorRoutes(options), ...adminRoutes(options)] : []),
  ];
}

/** What the peer port has beside its own: the admin API, which is at home there. */
export function peerRoutes(options: ApiOptions): readonly Route[] {
  const { member, web } = options;
  switch (placeOf(options)) {
    case 'peer':
      return withoutPages([...operatorRoutes(options), ...peerAdminRoutes(options, true)], member, web);
    case 'client':
      return withoutPages(peerAdminRoutes(options, false), member, web);
    case 'metrics':
      return readOnlyAdminRoutes(member, refuseHere(options));
  }
}

function placeOf({ operatorRoutes: place = 'client' }: ApiOptions): OperatorPlace {
  return place;
}

/** What every kind of server has, for load balancers, orchestrators and monitoring. */
function monitoringRoutes({ member, drain, metrics, observer = NO_OBSERVER }: ApiOptions): readonly Route[] {
  return [
    { paths: ['/version'], rules: { GET: open((context) => serveVersion(context, member)) } },
    { paths: ['/health'], rules: { GET: open((context) => serveHealth(context, member, observer)) } },
    { paths: ['/livez'], rules: read(open(serveLive)) },
    { paths: ['/readyz'], rules: read(open((context) => serveReady(context, member, drain))) },
    ...(metrics === undefined
      ? []
      : [{ paths: ['/metrics'], rules: read(open((context) => serveMetrics(context, metrics))) }]),
  ];
}

/** What changes how a member or its cluster runs, or shows its inside: root's where auth is on, on whichever port. */
function operatorRoutes(options: ApiOptions): readonly Route[] {
  const { member, setLogLevel, drain, bodyBudget, commandLine = [] } = options;
  return [
    {
      paths: ['/debug/vars'],
      rules: { GET: root((context, grant) => serveDebugVars(context, grant, member, commandLine)) },
    },
    {
      paths: ['/config/local/log'],
      rules: { PUT: root((context, grant) => serveLogLevel(context, grant, setLogLevel, bodyBudget), 'member') },
    },
    ...(drain === undefined
      ? []
      : [
          {
            paths: ['/config/local/drain'],
            rules: { PUT: root((context, grant) => serveDrain(context, grant, drain), 'member') },
          },
        ]),
    {
      paths: MEMBERS_PATHS,
      rules: {
        GET: open(membersShown(member)),
        POST: root((context, grant) => addMember(context, grant, member, bodyBudget)),
        DELETE: root((context, grant) => removeMember(context, grant, member)),
        PUT: root((context, grant) => updateMember(context, grant, member, bodyBudget)),
      },
    },
    newTokenRoute(options),
  ];
}

/** The list of members, or the leader. */
function membersShown(member: ApiOptions['member']): (context: Context) => void {
  return withState(member, (context) => {
    showMembers(context, member);
  });
}

/** On the client port, when they are on another one. Who the members are is no secret of operators: clients ask for it. */
function absentOperatorRoutes(options: ApiOptions): readonly Route[] {
  const refuse = refuseHere(options);
  const show = membersShown(options.member);
  return [
    { paths: ['/debug/vars', '/config/local/log', '/config/local/drain', '/new'], rules: { any: open(refuse) } },
    {
      paths: MEMBERS_PATHS,
      rules: {
        any: open((context) => {
          if (context.method === 'GET') show(context);
          else refuse(context);
        }),
      },
    },
    ...readOnlyAdminRoutes(options.member, refuse),
  ];
}

function refuseHere(options: ApiOptions): (context: Context) => void {
  return (context) => {
    const text = `served on the ${placeOf(options)} port of this member only (--operator-routes)`;
    writeErrorText(context.res, 403, text);
  };
}

/** Spec cli-and-config section 4, server side. It decides about methods itself. */
function newTokenRoute({ member, now, discovery, web }: ApiOptions): Route {
  const rate = createTokenRate();
  return {
    paths: ['/new'],
    rules: {
      any: root((context, grant) => {
        // Any method makes a token, so that of an image on a web page does too.
        if (refuseCrossSite(context.req, context.res, web)) return undefined;
        return serveNewToken(context, grant, member, discovery, rate, now());
      }),
    },
  };
}

/** Who knows a token may use it: that is what it is for. */
function tokenRoute({ member, discovery }: ApiOptions, registrations: KeysHandler): Route {
  const serve = (context: Context): Promise<void> => serveToken(context, member, registrations, discovery);
  return { paths: [TOKEN_PATH], rules: { any: open(withState(member, serve)) } };
}

function apiRoutes({ member, now }: ApiOptions): readonly Route[] {
  return [
    { paths: ['/'], rules: read(open(serveRoot)) },
    {
      paths: ['/v2/machines', '/v1/machines', '/machines', '/v2/peers', '/v1/peers'],
      rules: read(open(withState(member, (context) => serveMachines(context, member)))),
    },
    { paths: ['/v2/leader', '/v1/leader', '/leader'], rules: read(open((context) => serveLeader(context, member))) },
    { paths: ['/v2/stats/self'], rules: { GET: open((context) => serveSelfStats(context, member, now())) } },
    { paths: ['/v2/stats/store'], rules: { GET: open((context) => serveStoreStats(context, member)) } },
    { paths: ['/v2/stats/leader'], rules: { GET: open((context) => serveLeaderStats(context, member)) } },
  ];
}
