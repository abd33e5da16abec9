import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beginFromDiscovery } from '../../src/discovery/discoveryUrl';
import type { DiscoveryOptions } from '../../src/discovery/discoveryOptions';
import { Registry } from '../../src/discovery/registry';
import { registeredPeers } from '../../src/discovery/registeredPeers';
import { shownUrl, withoutToken } from '../../src/discovery/shownUrl';
import { dialTcp } from '../../src/platform/dial';
import { environment } from './joiner';

const TOKEN = '6c007a14875d53d9bf0ef5a6fc0257c8';
const URL_OF_IT = `https://discovery.example/v2/keys/_etcd/registry/${TOKEN}`;

test.each([
  [URL_OF_IT, 'https://discovery.example/v2/keys/_etcd/registry/6c00…'],
  [`${URL_OF_IT}//`, 'https://discovery.example/v2/keys/_etcd/registry/6c00…//'],
  ['http://d:2379/token', 'http://d:2379/token'],
  ['http://discovery.example', 'http://discovery.example'],
  ['', ''],
])('%s is shown as %s', (url, shown) => {
  expect(shownUrl(url)).toBe(shown);
});

test('it is shortened wherever it stands', () => {
  expect(withoutToken(`100: Key not found (/_etcd/registry/${TOKEN}/a), ${TOKEN}`, URL_OF_IT)).toBe(
    '100: Key not found (/_etcd/registry/6c00…/a), 6c00…',
  );
});

/** Whatever the service says, neither the log nor an error has the token. */
test.each([
  ['no such key', 404, { errorCode: 100, message: 'Key not found', cause: `/_etcd/registry/${TOKEN}` }],
  ['no etcd', 200, 'hello'],
  ['a refusal', 403, { errorCode: 110, message: 'Insufficient credentials', cause: `/${TOKEN}` }],
  ['a failure', 500, `no ${TOKEN}`],
])('a service that answers %s', async (_what, status, answer) => {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(status).end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { lines, stop, environment: surroundings } = environment();
  const line = (fields: object, message: string): void => void lines.push(`${JSON.stringify(fields)} ${message}`);
  const around = { ...surroundings, dial: dialTcp, log: { info: line, warn: line } };
  const registry = new Registry(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${TOKEN}`, around);
  const said = async (asked: Promise<unknown>): Promise<void> => {
    const timer = setTimeout(() => stop.abort(new Error('enough')), 400);
    await asked.catch((error: unknown) => lines.push(String(error)));
    clearTimeout(timer);
  };
  try {
    await said(beginFromDiscovery({ registry, environment: around } as unknown as DiscoveryOptions, 'auto'));
    await said(registeredPeers(registry, around));
  } finally {
    server.close();
  }
  const text = lines.join('\n');
  expect(text).toContain('discovery');
  expect(text).not.toContain(TOKEN);
});
