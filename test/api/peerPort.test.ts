/** The peer port before and after the member is there. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { pino } from 'pino';
import { createBeginningHandler } from '../../src/api/founders';
import { createPeerHandler } from '../../src/api/peerHandler';
import { PeerPort } from '../../src/api/peerPort';
import { ask } from './apiUnderTest';
import { FakeMember } from './fakeMember';

const options = {
  maxHeaderBytes: 16_384,
  headerTimeoutMs: 5000,
  bodyTimeoutMs: 5000,
  logger: pino({ level: 'silent' }),
};
const question = { clusterId: 'cc', memberId: 'a1', incarnation: '0123456789abcdef0123456789abcdef' };
const target = `/founders?${new URLSearchParams(question).toString()}`;

let port: PeerPort;
let asked: object[] = [];
let said: object | undefined;
let named: object | undefined;
const unexpected: unknown[] = [];

const answer = {
  answer: (each: object): Promise<object | undefined> => {
    asked.push(each);
    return Promise.resolve(said);
  },
  name: (): Promise<object | undefined> => Promise.resolve(named),
};

beforeEach(async () => {
  [asked, said, named] = [[], { kind: 'witness' }, { memberId: 'b2' }];
  const handler = createBeginningHandler(answer, (error) => unexpected.push(error));
  port = await PeerPort.open([{ host: '127.0.0.1', port: 0 }], options, handler);
});

afterEach(() => port.close(0));

const number = (): number => port.listeners[0]!.address.port;

it('answers founders while the member begins, and nothing else', async () => {
  expect(await ask(number(), 'POST', target)).toMatchObject({ status: 200, body: '{"kind":"witness"}\n' });
  expect(asked).toEqual([question]);
  expect(await ask(number(), 'GET', '/members')).toMatchObject({ status: 503 });
  said = undefined;
  expect(await ask(number(), 'POST', target)).toMatchObject({ status: 503 });
});

it('says which founder it is to whoever asks, and asks nobody for that', async () => {
  expect(await ask(number(), 'GET', '/founders')).toMatchObject({ status: 200, body: '{"memberId":"b2"}\n' });
  named = undefined;
  expect(await ask(number(), 'GET', '/founders')).toMatchObject({ status: 503 });
  expect(asked).toEqual([]);
});

it('answers founders when the member runs, beside everything else', async () => {
  port.serve(
    createPeerHandler(
      new FakeMember(),
      (error) => unexpected.push(error),
      () => undefined,
      answer,
    ),
  );
  expect(await ask(number(), 'POST', target)).toMatchObject({ status: 200 });
  expect(await ask(number(), 'GET', '/members')).toMatchObject({ status: 200 });
});

it('answers those who ask for a stream while it is no member yet, instead of cutting them off', async () => {
  const socket = connect(number(), '127.0.0.1');
  socket.write('GET /raft HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: cairn-raft/1\r\n\r\n');
  let text = '';
  socket.setEncoding('latin1').on('data', (piece: string) => (text += piece));
  const failed = jest.fn();
  socket.on('error', failed);
  await once(socket, 'close');
  expect(text).toMatch(/^HTTP\/1\.1 503 [^]*takes no streams of members \(yet\)\n$/);
  expect(failed).not.toHaveBeenCalled();
});

it.each([
  ['PUT', target, 405],
  ['POST', '/founders', 400],
  ['POST', target.replace('a1', 'A1'), 400],
  ['POST', target.replace('a1', '../..'), 400],
  ['POST', target.replace('0123', ''), 400],
  ['POST', '/founders?%zz', 400],
])('refuses %s %s', async (method, path, status) => {
  expect(await ask(number(), method, path)).toMatchObject({ status });
  expect(asked).toEqual([]);
});

it('names a taken address with its flag', async () => {
  const taken = { host: '127.0.0.1', port: number() };
  await expect(PeerPort.open([taken], options, () => undefined)).rejects.toMatchObject({
    address: `127.0.0.1:${taken.port}`,
    flag: '--listen-peer-urls',
    code: 'EADDRINUSE',
  });
});

it('a disk that fails is told to the process, and not to the one that asked', async () => {
  port.serve(
    createBeginningHandler({ ...answer, answer: () => Promise.reject(new Error('disk')) }, (error) =>
      unexpected.push(error),
    ),
  );
  expect(await ask(number(), 'POST', target)).toMatchObject({ status: 500 });
  expect(unexpected).toHaveLength(1);
});
