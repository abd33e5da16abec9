import { PassThrough, Writable } from 'node:stream';
import { pipeBody } from '../../src/proxy/bodyPipe';

/** What is waited for, in the order in which it is said. */
let waits: string[];
let body: PassThrough;
/** Takes what it was given. */
let take: () => void;
let member: Writable;
let end: () => void;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  waits = [];
  body = new PassThrough();
  member = new Writable({
    highWaterMark: 10,
    write: (_piece, _encoding, taken) => {
      take = taken;
    },
  });
  end = pipeBody(body, member, {
    forMember: () => waits.push('member'),
    forClient: () => waits.push('client'),
  });
});

test('it is the member while it does not take a piece, and the client between two', async () => {
  body.write('x'.repeat(20));
  await turn();
  expect(waits).toEqual(['member']);
  take();
  await turn();
  expect(waits).toEqual(['member', 'client']);
});

test('a piece that finds room is waited for by nobody', async () => {
  body.write('x');
  await turn();
  expect(waits).toEqual([]);
});

test('it is the member once all of the body is there, until it has taken it', async () => {
  body.end('x');
  await turn();
  expect([waits, member.writableFinished]).toEqual([['member'], false]);
  take();
  await turn();
  expect([waits, member.writableFinished]).toEqual([['member'], true]);
});

test('nothing is said after it was ended, and nothing is read', async () => {
  end();
  body.end('x'.repeat(20));
  await turn();
  expect([waits, body.readableLength]).toEqual([[], 20]);
});
