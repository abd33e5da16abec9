/** What answers may not be a member: what it says is looked at before it is used. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpMembersApi } from '../../src/discovery/membersApi';
import { WillNotError } from '../../src/discovery/memberServers';
import { dialTcp } from '../../src/platform/dial';
import { environment } from './joiner';

const DIALS = { peer: dialTcp, client: dialTcp };

let server: Server | undefined;
afterEach(() => new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve))));

/** By the method, with these statuses and texts. */
async function portThatAnswers(
  answers: Readonly<Record<string, readonly [status: number, text: string]>>,
): Promise<string> {
  server = createServer(({ method = '' }, response) => {
    const [status, text] = answers[method] ?? [500, ''];
    response.writeHead(status, { Connection: 'close' }).end(text);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it.each([
  ['a page', 200, '<html>'],
  ['a list without members', 200, '{"message":"Not found"}'],
  ['no list', 200, '[]'],
  ['nothing', 200, 'null'],
  ['members that are none', 200, '{"members":[null,{"id":7},{"id":"b","name":"","peerURLs":"http://a:1"}]}'],
  ['an id that is none', 200, '{"members":[{"id":"../b","name":"","peerURLs":["http://a:1"]}]}'],
  ['a refusal', 403, '{"members":[{"id":"b","name":"","peerURLs":["http://a:1"]}]}'],
  ['what is no JSON', 500, 'Internal Server Error'],
])('says why adding failed where the members are then told as %s', async (_what, status, list) => {
  const url = await portThatAnswers({ POST: [503, '{"message":"etcdserver: no leader"}'], GET: [status, list] });
  const api = new HttpMembersApi(environment().environment, DIALS);
  await expect(api.add({ port: 'client', url }, ['http://a:1'])).rejects.toThrow(
    /^adding http:\/\/a:1: the cluster answers that it cannot do it now \(status 503\): .*Start the others/,
  );
});

it.each(['<html>', '{}', '{"id":7}', '{"id":"fresh"}', '{"id":"../../v2/keys"}', '{"id":"0123456789abcdef0"}'])(
  'takes nobody for added by an answer that has no id: %s',
  async (text) => {
    const url = await portThatAnswers({ POST: [201, text], GET: [200, '{"members":[]}'] });
    const api = new HttpMembersApi(environment().environment, DIALS);
    for (const port of ['client', 'peer'] as const) {
      const adding = api.add({ port, url }, ['http://a:1']);
      await expect(adding).rejects.toThrow(WillNotError);
      await expect(adding).rejects.toThrow(
        /^adding http:\/\/a:1: the answer \(status 201\) has no id of a member: something else .* answers there/,
      );
    }
  },
);
