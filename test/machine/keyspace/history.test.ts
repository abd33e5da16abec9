import type { KeyEvent } from '../../../src/machine/keyspace/event';
import { History } from '../../../src/machine/keyspace/history';

test('history is bounded in bytes too: the oldest go, never the newest', () => {
  const history = new History({ events: 1000, bytesMax: 100 });
  for (let index = 1; index <= 5; index++) history.add(index, largeEvent(index, 30));
  expect([history.firstIndex, history.lastIndex]).toEqual([3, 5]);
  history.add(6, largeEvent(6, 500));
  expect([history.firstIndex, history.lastIndex]).toEqual([6, 6]);
  history.add(7, undefined);
  expect([history.firstIndex, history.at(6), history.at(7)]).toEqual([7, undefined, undefined]);
});

function largeEvent(index: number, bytes: number): KeyEvent {
  const none = { createdIndex: index, modifiedIndex: index, expirationMs: undefined, nodes: undefined };
  const node = { key: '/a', value: 'x'.repeat(bytes), dir: false, ...none };
  return { ok: true, action: 'set', node, prevNode: undefined, etcdIndex: index, nowMs: 0, refresh: false };
}
