import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { writeEvent, writeFailure, writeKept, writeWatchHead } from '../../../../src/api/v2/keys/answer';
import { KeptBody } from '../../../../src/api/v2/keys/keptBody';
import { Turns } from '../../../../src/api/turns';
import { event, FakeMember, node } from '../../fakeMember';

/** Remembers what is written to it. */
class FakeResponse {
  status = 0;
  readonly headers = new Map<unknown, unknown>();
  body: string | undefined;
  flushed = false;

  writeHead(status: number, headers: readonly unknown[]): void {
    this.status = status;
    for (let position = 0; position < headers.length; position += 2) {
      this.headers.set(headers[position], headers[position + 1]);
    }
  }

  end(body: string, encoding: string): void {
    expect(encoding).toBe('latin1');
    this.body = body;
  }

  flushHeaders(): void {
    this.flushed = true;
  }
}

function fail(error: unknown): void {
  throw error;
}

function written(write: (response: ServerResponse, member: FakeMember) => void): FakeResponse {
  const response = new FakeResponse();
  write(response as never, new FakeMember());
  return response;
}

test('an event has every header, and the index it came with', () => {
  const created = event({ action: 'create', etcdIndex: 30, node: node({ key: '/a', value: 'v' }) });
  const response = written((to, member) => writeEvent(to, member, created, false, new Turns(), fail));
  expect(response.status).toBe(201);
  expect(Object.fromEntries(response.headers)).toEqual({
    'Content-Type': 'application/json',
    'X-Etcd-Cluster-Id': '6c3e73ee238ab33f',
    'X-Etcd-Index': 30,
    'X-Raft-Index': 21,
    'X-Raft-Term': 2,
    'Content-Length': response.body?.length,
  });
});

test('an error has no raft headers', () => {
  const response = written((to, member) => writeFailure(to, member, { code: 105, cause: '/a', etcdIndex: 3 }));
  expect(response.status).toBe(412);
  expect([...response.headers.keys()]).toEqual(['Content-Type', 'X-Etcd-Cluster-Id', 'X-Etcd-Index', 'Content-Length']);
  expect(response.headers.get('X-Etcd-Index')).toBe(3);
});

test('a watch shows the index of its registration, at once and without a length', () => {
  const response = written((to, member) => writeWatchHead(to, member, 12));
  expect(response).toMatchObject({ status: 200, flushed: true, body: undefined });
  expect(response.headers.get('X-Etcd-Index')).toBe(12);
  expect(response.headers.has('Content-Length')).toBe(false);
});

test('a body that is kept is somebody’s until its answer is over', () => {
  const nothing = (): undefined => undefined;
  const response = { req: { method: 'GET' }, closed: false, writeHead: nothing, end: nothing };
  const [slow, quick] = [Object.assign(new EventEmitter(), response), { ...response, closed: true }];
  let isFree = false;
  const body = new KeptBody(Buffer.from('{}\n'), () => (isFree = true));
  for (const each of [slow, quick]) writeKept(each as never, new FakeMember(), 7, body);
  body.drop();
  expect(isFree).toBe(false);
  slow.emit('close');
  expect(isFree).toBe(true);
});
