/**
 * `/v2/admin` of etcd 0.4 (spec v0-api section 7): the settings of the cluster, and its members by their names; and the whole state and the log, for
 * backups. On the peer port, as there, and on the port of operators' routes.
 */
import type { Context } from 'koa';
import type { RootGrant } from '../auth/guard';
import type { Member } from '../../member/types';
import type { ApiOptions } from '../options';
import { isLoopback } from '../../platform/loopback';
import { hasListedName } from '../../tls/identity';
import { refuseCrossSite } from '../connection/webRules';
import { writeErrorText } from '../http/answers';
import { addressOf } from '../http/caller';
import { open, root, withState, type Route, type Rule, type Rules } from '../routeRules';
import { serveConfig, serveConfigChange } from './config';
import { LogStreams } from './logStream';
import { serveMachine, serveMachineRemoval, serveMachines } from './machines';
import { SnapshotStreams } from './snapshot';

/** One segment behind `/v2/admin/machines/`. */
const MACHINE_PATH = /^\/v2\/admin\/machines\/[^/]+$/;

/** What the routes need of the options. */
type AdminOptions = Pick<ApiOptions, 'member' | 'now' | 'logger' | 'web' | 'bodyBudget' | 'onPeerGranted'>;

/** For a client or a metrics port. */
export function adminRoutes(options: AdminOptions): readonly Route[] {
  const { member, web, bodyBudget } = options;
  const snapshots = new SnapshotStreams(options);
  const logs = new LogStreams(options);
  /** Also for a GET: no page of another site makes a member send all that it has. */
  const toOwnPages = (serve: (context: Context, grant: RootGrant) => Promise<void>): Rule =>
    root((context, grant) => (refuseCrossSite(context.req, context.res, web) ? undefined : serve(context, grant)));
  return routes(member, {
    config: root((context, grant) => serveConfigChange(context, grant, member, bodyBudget)),
    removal: root((context, grant) => serveMachineRemoval(context, grant, member)),
    snapshot: toOwnPages((context, grant) => snapshots.serve(context, grant)),
    log: toOwnPages((context, grant) => logs.serve(context, grant)),
  });
}

/** What is only looked at, where operators' routes are on another port. */
export function readOnlyAdminRoutes(member: Member, refuse: (context: Context) => void): readonly Route[] {
  return routes(member, { config: root(refuse), removal: root(refuse), snapshot: root(refuse), log: root(refuse) });
}

/**
 * For a peer port: over TLS a change, or the whole state or log with the hashes of passwords, needs a certificate with a name that is listed as
 * one of members, as `/members` there does, and a user with the role root too where auth is on. Without TLS and without auth the state is only
 * for this machine: whoever else merely reaches the port gets it in no other way. Pages are kept from
 * them by `withoutPages`.
 *
 * @param isForOperators the peer port was made the port of operators' routes: who reaches it is one
 */
export function peerAdminRoutes(options: AdminOptions, isForOperators: boolean): readonly Route[] {
  const { member, bodyBudget } = options;
  const snapshots = new SnapshotStreams(options);
  const logs = new LogStreams(options);
  const named = (what: string, serve: (context: Context, grant: RootGrant) => Promise<void>): Rule =>
    root((context, grant) => {
      const { socket } = context.req;
      if (!('encrypted' in socket) || hasListedName(socket)) return serve(context, grant);
      context.req.resume();
      const whom =
        'here only for who shows a certificate with a name that this member is told members have ' +
        '(--peer-client-cert-auth with --peer-cert-allowed-cn or --peer-cert-allowed-hostname); or ask a client port';
      writeErrorText(context.res, 403, `${what} ${whom}`);
      return undefined;
    });
  const given = (serve: (context: Context, grant: RootGrant) => Promise<void>): Rule =>
    named('given away', (context, grant) => {
      const { socket } = context.req;
      const isVerified = 'encrypted' in socket || member.auth().enabled;
      if (isVerified || isForOperators || isOfThisMachine(socket.remoteAddress)) {
        options.onPeerGranted?.(socket);
        return serve(context, grant);
      }
      context.req.resume();
      const whom =
        'given away here to other machines only over TLS, or to root where auth is on, or with --operator-routes peer; or ask a client port';
      writeErrorText(context.res, 403, whom);
      return Promise.resolve();
    });
  return routes(member, {
    config: named('changed', (context, grant) => serveConfigChange(context, grant, member, bodyBudget)),
    removal: named('changed', (context, grant) => serveMachineRemoval(context, grant, member)),
    snapshot: given((context, grant) => snapshots.serve(context, grant)),
    log: given((context, grant) => logs.serve(context, grant)),
  });
}

function isOfThisMachine(address: string | undefined): boolean {
  const shown = addressOf(address);
  // Who has gone meanwhile is sent nothing.
  return shown === undefined || isLoopback(shown);
}

function routes(
  member: Member,
  { config, removal, snapshot, log }: Readonly<Record<'config' | 'removal' | 'snapshot' | 'log', Rule>>,
): readonly Route[] {
  const read = (serve: (context: Context, of: Member) => void): Rules => {
    const rule = open(
      withState(member, (context) => {
        serve(context, member);
      }),
    );
    return { GET: rule, HEAD: rule };
  };
  return [
    { paths: ['/v2/admin/config'], rules: { ...read(serveConfig), PUT: config } as Rules },
    { paths: ['/v2/admin/machines'], rules: read(serveMachines) },
    { paths: [MACHINE_PATH], rules: { ...read(serveMachine), DELETE: removal } as Rules },
    { paths: ['/v2/admin/snapshot'], rules: { GET: snapshot } },
    { paths: ['/v2/admin/log'], rules: { GET: log } },
  ];
}
