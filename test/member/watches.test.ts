import { encodeBatch } from '../../src/machine/commandCodec';
import type { KeyEvent } from '../../src/machine/keyspace/event';
import { Machine } from '../../src/machine/machine';
import type { Watch, WatchOptions } from '../../src/member/types';
import { registerWatch } from '../../src/member/watches';
import { set } from '../machine/keyspace/writer';

const HISTORY = 3;
const NEXT: WatchOptions = { recursive: false, stream: false, sinceIndex: 0 };

/** A state in use, written to and told of it as a member does. */
function scene() {
  const state = { machine: new Machine(HISTORY) };
  let sequence = 0;
  const write = (path: string, value: string): void => {
    state.machine.apply(encodeBatch({ origin: 'a1', run: 1, sequence: ++sequence, commands: [set(path, { value })] }));
    for (const { watcher, event } of state.machine.keySpace.takeNotifications()) watcher.deliver(event);
  };
  const watch = (path: string, options: Partial<WatchOptions> = {}): { heard: string[]; watch: Watch } => {
    const heard: string[] = [];
    const made = registerWatch(state, path, { ...NEXT, ...options }, (event) => heard.push(shown(event)));
    if (!made.ok) throw new Error(`refused: ${made.cause}`);
    return { heard, watch: made };
  };
  return { state, write, watch };
}

const shown = (event: KeyEvent | undefined): string =>
  event === undefined ? 'end' : `${event.node.key}=${event.node.value}`;

test('a watch hears the next event and no other, a stream every one from then on', () => {
  const { write, watch } = scene();
  write('/a', '0');
  const [once, stream] = [watch('/a'), watch('/a', { stream: true })];
  expect(once.watch.past).toEqual([]);
  for (const value of ['1', '2']) write('/a', value);
  write('/b', '3');
  expect(once.heard).toEqual(['/a=1']);
  expect(stream.heard).toEqual(['/a=1', '/a=2']);
});

test('recursive: also what is below', () => {
  const { write, watch } = scene();
  const [flat, deep] = [watch('/d', { stream: true }), watch('/d', { stream: true, recursive: true })];
  write('/d/x', '1');
  expect(flat.heard).toEqual([]);
  expect(deep.heard).toEqual(['/d/x=1']);
});

test('with an index nothing between two watches is lost: the past is answered at once, and is not heard again', () => {
  const { state, write, watch } = scene();
  for (const value of ['1', '2', '3']) write('/a', value);
  const sinceIndex = state.machine.keySpace.index - 1;
  const once = watch('/a', { sinceIndex });
  const stream = watch('/a', { sinceIndex, stream: true });
  expect(once.watch.past.map(shown)).toEqual(['/a=2']);
  expect(stream.watch.past.map(shown)).toEqual(['/a=2', '/a=3']);
  expect(stream.watch.etcdIndex).toBe(sinceIndex + 1);
  write('/a', '4');
  expect(once.heard).toEqual([]);
  expect(stream.heard).toEqual(['/a=4']);
});

test('an index whose events are gone is error 401, and nothing is registered', () => {
  const { state, write } = scene();
  for (let value = 0; value <= HISTORY; value++) write('/a', String(value));
  const heard: unknown[] = [];
  const refused = registerWatch(state, '/a', { ...NEXT, stream: true, sinceIndex: 1 }, (event) => heard.push(event));
  expect(refused).toMatchObject({ ok: false, code: 401 });
  write('/a', 'more');
  expect(heard).toEqual([]);
  expect(state.machine.keySpace.stats().watchers).toBe(0);
});

test('a cancelled watch hears nothing more, may be cancelled again, and leaves others at its key alone', () => {
  const { state, write, watch } = scene();
  const [gone, other] = [watch('/a', { stream: true }), watch('/a', { stream: true })];
  gone.watch.cancel();
  gone.watch.cancel();
  expect(state.machine.keySpace.stats().watchers).toBe(1);
  write('/a', '1');
  expect(gone.heard).toEqual([]);
  expect(other.heard).toEqual(['/a=1']);
});

test('cancelled after the state was replaced, it touches only the state that it was registered with', () => {
  const { state, write, watch } = scene();
  const old = watch('/a', { stream: true });
  state.machine = new Machine(HISTORY);
  const fresh = watch('/a', { stream: true });
  old.watch.cancel();
  write('/a', '1');
  expect(old.heard).toEqual([]);
  expect(fresh.heard).toEqual(['/a=1']);
});
