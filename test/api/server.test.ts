import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { ListenError } from '../../src/api/listenError';
import type { ApiUnderTest } from './apiUnderTest';
import { ask, startUnderTest } from './apiUnderTest';
import { stablePort } from '../support/ports';

let api: ApiUnderTest | undefined;

afterEach(async () => {
  await api?.server.close(100);
  api = undefined;
});

test.each([
  ['clientAddresses', '--listen-client-urls'],
  ['metricsAddresses', '--listen-metrics-urls'],
] as const)('a taken address among %s is named with its flag', async (list, flag) => {
  const blocker = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => blocker.once('listening', resolve));
  const { port } = blocker.address() as AddressInfo;
  const failure = await startUnderTest({ [list]: [{ host: '127.0.0.1', port }] }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ListenError);
  expect(failure).toMatchObject({ address: `127.0.0.1:${port}`, flag, code: 'EADDRINUSE' });
  expect((failure as ListenError).message).toBe(
    `cannot listen on 127.0.0.1:${port} (${flag}): the address is already in use; end what listens there, which may be another member, or give another port`,
  );
  await new Promise((resolve) => blocker.close(resolve));
});

test.each([
  ['EACCES', /this user may not listen there.*port of 1024 or more/],
  ['EADDRNOTAVAIL', /no interface of this machine has that address/],
  ['ENOTFOUND', /there is no such host/],
  ['ESOMETHING', /: ESOMETHING$/],
])('it is said what to do about %s', (code, words) => {
  expect(new ListenError('127.0.0.1:1', '--listen-client-urls', code).message).toMatch(words);
});

test('a failed start leaves nothing listening', async () => {
  const blocker = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => blocker.once('listening', resolve));
  const { port } = blocker.address() as AddressInfo;
  const free = await stablePort();
  const addresses = [free, port].map((each) => ({ host: '127.0.0.1', port: each }));
  await expect(startUnderTest({ clientAddresses: addresses })).rejects.toBeInstanceOf(ListenError);
  await expect(ask(free, 'GET', '/version')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await new Promise((resolve) => blocker.close(resolve));
});

test('localhost listens on every loopback address, on one port', async () => {
  api = await startUnderTest({ clientAddresses: [{ host: 'localhost', port: 0 }] });
  const addresses = api.server.clientAddresses;
  expect(addresses[0]!.address).toBe('127.0.0.1');
  expect(addresses.slice(1).every(({ address }) => address === '::1')).toBe(true);
  expect(new Set(addresses.map(({ port }) => port)).size).toBe(1);
});
