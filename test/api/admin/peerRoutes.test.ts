/** Who gets what on a peer port over TLS, beside the right of a user: only who shows a certificate with a name of a member. */
import type { TLSSocket } from 'node:tls';
import { peerAdminRoutes } from '../../../src/api/admin/adminRoutes';
import { objectionTo } from '../../../src/tls/identity';
import { ANY_NAME } from '../apiUnderTest';
import { FakeMember, NOW_MS } from '../fakeMember';

const SIDE = { certificatesDemanded: true, allowedCommonNames: ['member'], allowedHostNames: [] } as never;

function socketOf(commonName: string): TLSSocket {
  const certificate = { subject: { CN: commonName } };
  const socket = { encrypted: true, authorized: true, getPeerCertificate: () => certificate } as unknown as TLSSocket;
  objectionTo(socket, SIDE);
  return socket;
}

async function statusFor(
  method: string,
  path: string,
  socket: object,
  onPeerGranted?: (socket: object) => void,
): Promise<number> {
  const logger = { info: () => 0, warn: () => 0 };
  const options = { member: new FakeMember(), now: () => NOW_MS, logger, web: ANY_NAME, onPeerGranted } as never;
  const route = peerAdminRoutes(options, false).find(({ paths }) =>
    paths.some((each) => (typeof each === 'string' ? each === path : each.test(path))),
  );
  const rule = Object.entries(route!.rules).find(([name]) => name === method)![1]!;
  let status = 0;
  const res = {
    writeHead: (code: number): object => {
      status = code;
      return res;
    },
    setHeader: (): void => undefined,
    write: (): boolean => true,
    ...{ end: () => undefined, destroy: () => undefined, on: () => undefined, off: () => undefined },
  };
  const req = { socket, headers: {}, url: path, resume: () => undefined, on: () => undefined };
  const context = { req, res, query: {}, path, params: {} };
  const outcome = rule.serve(context as never, { use: (what: unknown) => what } as never, '') as
    Promise<void> | undefined;
  // A body that never comes is waited for by who may send one.
  await Promise.race([outcome, new Promise((resolve) => setTimeout(resolve, 100))]);
  return status;
}

test.each([
  ['GET', '/v2/admin/snapshot'],
  ['GET', '/v2/admin/log'],
  ['PUT', '/v2/admin/config'],
  ['DELETE', '/v2/admin/machines/nobody'],
])('%s %s', async (method, path) => {
  expect(await statusFor(method, path, socketOf('client'))).toBe(403);
  expect(await statusFor(method, path, socketOf('member'))).not.toBe(403);
});

test.each(['/v2/admin/snapshot', '/v2/admin/log'])('%s may take longer than a stranger stays', async (path) => {
  const granted: object[] = [];
  const [known, stranger] = [socketOf('member'), socketOf('client')];
  await statusFor('GET', path, known, (socket) => granted.push(socket));
  await statusFor('GET', path, stranger, (socket) => granted.push(socket));
  expect(granted).toEqual([known]);
});
