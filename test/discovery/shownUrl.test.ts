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
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${TOKEN}`;
  const asked = [
    (options: DiscoveryOptions) => beginFromDiscovery(options, 'auto'),
    ({ registry, environment: around }: DiscoveryOptions) => registeredPeers(registry, around, 'auto'),
  ];
  try {
    for (const ask of asked) {
      const { lines, stop, environment: surroundings } = environment();
      // What is not given up is tried again: the first line about it is enough.
      const log = (fields: object, message: string): void => {
        lines.push(`${JSON.stringify(fields)} ${message}`);
        stop.abort(new Error('enough'));
      };
      const around = { ...surroundings, dial: dialTcp, log: { info: log, warn: log } };
      const options = { registry: new Registry(url, around), environment: around } as unknown as DiscoveryOptions;
      await ask(options).catch((error: unknown) => lines.push(String(error)));
      expect(lines.join('\n')).toContain('discovery');
      expect(lines.join('\n')).not.toContain(TOKEN);
    }
  } finally {
    server.close();
  }
});
