import { stablePort } from '../../test/support/ports';
import { ServerProcess } from '../../test/support/serverProcess';
import { makePki } from '../../test/tls/support/pki';
import type { Pki } from '../../test/tls/support/pki';
import type { Access, RequestKind } from '../client/jobs';
import { runJob } from '../client/run';
import { measured, rateOf } from '../loads/measured';
import type { Floor, Row } from '../measure/rows';
import { freshDirectory } from '../servers/scratch';
import { CPU_FLOOR } from './group';
import type { Group, Round } from './group';

const CONNECTIONS = 64;
const LOAD_LIMIT_SECONDS = 120;
const ROOT = 'root:of the benchmark';
const USER = 'bench:of the benchmark';

interface SecuredRow extends Row {
  readonly kind: RequestKind;
  readonly way: 'tls' | 'tlsNewConnections' | 'user';
}

function row(kind: 'get' | 'put', way: SecuredRow['way'], what: string): SecuredRow {
  const title = `${kind.toUpperCase()} ${what}, ${CONNECTIONS} connections, one member`;
  // With new connections it is the client that cannot make more of them.
  const rate: readonly Floor[] = way === 'tlsNewConnections' ? [] : [{ metric: 'requestsPerSecond', ratio: 1 }];
  return { title, kind, way, floors: [...rate, CPU_FLOOR] };
}

/** Auth is switched on in the middle: rows of a user come last. */
const rows: readonly SecuredRow[] = [
  row('get', 'tls', 'over TLS'),
  row('put', 'tls', 'over TLS'),
  row('get', 'tlsNewConnections', 'over TLS, a new connection for each request'),
  row('get', 'user', 'as a user'),
  row('put', 'user', 'as a user'),
];

/** What TLS and authentication cost. The load is made by the client here, because wrk resumes no TLS session. */
export const secured: Group = {
  name: 'secured',
  title: 'TLS and authentication',
  rounds: (plan) => plan.rounds,
  measure: async (round) => {
    const pki = await makePki();
    const { server, tlsPort } = await start(round, pki);
    try {
      await fill(round, server);
      const tls = rows.filter(({ way }) => way !== 'user');
      for (const each of tls) await measureRow(round, server, tlsPort, each, accessOf(each, pki));
      await switchAuthOn(server);
      const ofUsers = rows.filter(({ way }) => way === 'user');
      for (const each of ofUsers) await measureRow(round, server, server.clientPort, each, accessOf(each, pki));
    } finally {
      await server.remove();
      pki.remove();
    }
  },
};

/** One member with a plain client port and one with TLS. */
async function start({ program }: Round, pki: Pki): Promise<{ server: ServerProcess; tlsPort: number }> {
  const { certFile, keyFile } = await pki.issue('server');
  const [clientPort, tlsPort] = [await stablePort(), await stablePort()];
  const server = await ServerProcess.start(program, {
    dataDir: freshDirectory(program),
    clientPort,
    moreArguments: [
      ...['--log-level', 'error', '--cert-file', certFile, '--key-file', keyFile],
      ...['--listen-client-urls', `http://127.0.0.1:${clientPort},https://127.0.0.1:${tlsPort}`],
    ],
  });
  return { server, tlsPort };
}

async function fill({ plan }: Round, { clientPort: port }: ServerProcess): Promise<void> {
  const limits = { connections: CONNECTIONS, limitSeconds: LOAD_LIMIT_SECONDS };
  await runJob({ type: 'load', port, space: 'bench', count: plan.keys, ...limits });
}

function accessOf({ way }: SecuredRow, { ca }: Pki): Access {
  switch (way) {
    case 'tls':
      return { caPem: ca.certificate };
    case 'tlsNewConnections':
      return { caPem: ca.certificate, newConnections: true };
    case 'user':
      return { user: USER };
  }
}

async function measureRow(
  { plan, record }: Round,
  server: ServerProcess,
  port: number,
  of: SecuredRow,
  access: Access,
): Promise<void> {
  const job = { type: 'steady', port, kind: of.kind, keys: plan.keys, connections: CONNECTIONS, access } as const;
  await runJob({ ...job, seconds: 2 * plan.warmUpSeconds });
  const pids = server.pid === undefined ? [] : [server.pid];
  const { result, sample } = await measured(pids, async () => runJob({ ...job, seconds: plan.seconds }));
  const { worstMs: _, ...steady } = sample;
  record(of, { requestsPerSecond: rateOf(result), ...steady });
}

/** A root, and a user whose role may read and write the keys of the benchmark. */
async function switchAuthOn({ clientUrl }: ServerProcess): Promise<void> {
  const permissions = { kv: { read: ['/bench/*'], write: ['/bench/*'] } };
  await putAuth(clientUrl, 'users/root', named(ROOT, []));
  await putAuth(clientUrl, 'roles/bench', { role: 'bench', permissions });
  await putAuth(clientUrl, 'users/bench', named(USER, ['bench']));
  await putAuth(clientUrl, 'enable', {});
}

function named(user: string, roles: readonly string[]): object {
  const [name, password] = user.split(':');
  return { user: name, password, roles };
}

async function putAuth(clientUrl: string, what: string, body: object): Promise<void> {
  const answer = await fetch(`${clientUrl}/v2/auth/${what}`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`PUT /v2/auth/${what}: ${answer.status} ${await answer.text()}`);
  await answer.text();
}
