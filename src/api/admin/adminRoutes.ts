/**
 * `/v2/admin` of etcd 0.4 (spec v0-api section 7): the settings of the cluster, and its members by their names. On the peer port, as
 * there, and on the port of operators' routes.
 */
import type { Context } from 'koa';
import type { RootGrant } from '../auth/guard';
import type { Member } from '../../member/types';
import { hasListedName } from '../../tls/identity';
import { writeErrorText } from '../http/answers';
import { open, root, type Route, type Rule, type Rules } from '../routeRules';
import { serveConfig, serveConfigChange } from './config';
import { serveMachine, serveMachineRemoval, serveMachines } from './machines';

/** One segment behind `/v2/admin/machines/`. */
const MACHINE_PATH = /^\/v2\/admin\/machines\/[^/]+$/;

/** For a client or a metrics port. */
export function adminRoutes(member: Member): readonly Route[] {
  return routes(member, {
    config: root((context, grant) => serveConfigChange(context, grant, member)),
    removal: root((context, grant) => serveMachineRemoval(context, grant, member)),
  });
}

/** What is only looked at, where operators' routes are on another port. */
export function readOnlyAdminRoutes(member: Member, refuse: (context: Context) => void): readonly Route[] {
  return routes(member, { config: root(refuse), removal: root(refuse) });
}

type Change = (context: Context, grant: RootGrant, member: Member) => Promise<void>;

/**
 * For a peer port: over TLS a change needs a certificate with a name that is listed as one of members, as `/members` there does, and a
 * user with the role root too where auth is on. No page in a browser has any business there, whatever name it came by.
 */
export function peerAdminRoutes(member: Member): readonly Route[] {
  const named = (change: Change): Rule =>
    root((context, grant) => {
      const { socket, headers } = context.req;
      const isKnown = !('encrypted' in socket) || hasListedName(socket);
      if (isKnown && headers.origin === undefined) return change(context, grant, member);
      context.req.resume();
      const what =
        'changed here only for who shows a certificate with a name that this member is told members have ' +
        '(--peer-client-cert-auth with --peer-cert-allowed-cn or --peer-cert-allowed-hostname), and for no page in a browser; or ask a ' +
        'client port';
      writeErrorText(context.res, 403, what);
      return undefined;
    });
  return routes(member, { config: named(serveConfigChange), removal: named(serveMachineRemoval) });
}

function routes(
  member: Member,
  { config, removal }: { readonly config: Rule; readonly removal: Rule },
): readonly Route[] {
  const read = (serve: (context: Context, of: Member) => void): Rules => {
    const rule = open((context) => {
      serve(context, member);
    });
    return { GET: rule, HEAD: rule };
  };
  return [
    { paths: ['/v2/admin/config'], rules: { ...read(serveConfig), PUT: config } as Rules },
    { paths: ['/v2/admin/machines'], rules: read(serveMachines) },
    { paths: [MACHINE_PATH], rules: { ...read(serveMachine), DELETE: removal } as Rules },
  ];
}
