import type { KeyCommand } from '../../../src/machine/command';
import type { KeyEvent } from '../../../src/machine/keyspace/event';
import { KeySpace } from '../../../src/machine/keyspace/keySpace';
import type { Watcher } from '../../../src/machine/keyspace/watchHub';
import { NOW_MS, remove, set, update } from './writer';

let space: KeySpace;
beforeEach(() => {
  space = new KeySpace(10);
});

function watch(path: string, options: Partial<Omit<Watcher, 'path'>> = {}): Watcher & { seen: string[] } {
  const seen: string[] = [];
  const deliver = (event: KeyEvent | undefined): void => {
    seen.push(event === undefined ? 'end' : `${event.action} ${event.node.key} ${event.etcdIndex}`);
  };
  const watcher = { path, recursive: false, stream: false, sinceIndex: 0, deliver, seen, ...options };
  const watched = space.watch(watcher);
  if (!watched.ok) throw new Error(watched.cause);
  for (const event of watched.past) deliver(event);
  return watcher;
}

function apply(...commands: KeyCommand[]): void {
  for (const command of commands) {
    const result = space.apply(command);
    if (!result.ok) throw new Error(`refused with ${result.code}`);
    deliver();
  }
}

function deliver(): void {
  for (const { watcher, event } of space.takeNotifications()) watcher.deliver(event);
}

it('a plain watch sees its own key once', () => {
  const watcher = watch('/a');
  apply(set('/b'), set('/a'), set('/a'));
  expect(watcher.seen).toEqual(['set /a 2']);
  expect(space.stats().watchers).toBe(0);
});

it('a recursive watch sees what is below, and not a neighbour with the same beginning', () => {
  const watcher = watch('/d', { recursive: true, stream: true });
  apply(set('/dd'), set('/d/x/y'), set('/d/z'));
  expect(watcher.seen).toEqual(['set /d/x/y 2', 'set /d/z 3']);
});

it('a plain watch of a directory does not see its children', () => {
  apply(set('/d', { dir: true }));
  const watcher = watch('/d', { stream: true });
  apply(set('/d/x'), update('/d', { expirationMs: NOW_MS }));
  expect(watcher.seen).toEqual(['update /d 3']);
});

it('hidden keys are withheld from watchers above them, and only from those', () => {
  const above = watch('/', { recursive: true, stream: true });
  const inside = watch('/_h', { recursive: true, stream: true });
  const exact = watch('/d/_x', { stream: true });
  apply(set('/_h/a'), set('/d/_x'), set('/d/_x/y/z'.replace('/_x', '')));
  expect(inside.seen).toEqual(['set /_h/a 1']);
  expect(exact.seen).toEqual(['set /d/_x 2']);
  expect(above.seen).toEqual(['set /d/y/z 3']);
});

it('a removed directory is told to everyone at a path that existed below it, once each', () => {
  apply(set('/d/a/_b'), set('/d/c'));
  const watchers = ['/d', '/d/a', '/d/a/_b', '/d/c', '/d/none'].map((path) => watch(path, { stream: true }));
  const recursive = watch('/d', { recursive: true, stream: true });
  apply(remove('/d', { recursive: true }));
  expect(watchers.map(({ seen }) => seen.length)).toEqual([1, 1, 1, 1, 0]);
  expect(recursive.seen).toEqual(['delete /d 3']);
});

it('a refresh wakes nobody and is skipped in the past', () => {
  apply(set('/a', { value: 'v' }));
  const watcher = watch('/a', { stream: true });
  apply(set('/a', { refresh: true, expirationMs: NOW_MS }));
  expect(watcher.seen).toEqual([]);
  expect(watch('/a', { sinceIndex: 2 }).seen).toEqual([]);
  expect(space.index).toBe(2);
});

it('waits for an index in the future', () => {
  const watcher = watch('/a', { sinceIndex: 3 });
  apply(set('/a'), set('/a'), set('/a'));
  expect(watcher.seen).toEqual(['set /a 3']);
});

it('finds the first match in the past, hidden or not; a stream gets all of it and goes on, each event once', () => {
  apply(set('/a'), set('/b'), set('/_h'), set('/a'));
  expect(watch('/a', { sinceIndex: 2 }).seen).toEqual(['set /a 4']);
  expect(watch('/', { recursive: true, sinceIndex: 3 }).seen).toEqual(['set /_h 3']);
  const stream = watch('/', { recursive: true, stream: true, sinceIndex: 2 });
  apply(set('/c'));
  expect(stream.seen).toEqual(['set /b 2', 'set /_h 3', 'set /a 4', 'set /c 5']);
});

it('refuses a past that is no longer kept', () => {
  for (let write = 0; write < 15; write++) apply(set('/a'));
  expect(space.watch({ path: '/a', recursive: false, stream: false, sinceIndex: 5, deliver: () => undefined })).toEqual(
    {
      ok: false,
      code: 401,
      cause: 'the requested history has been cleared [6/5]',
      etcdIndex: 15,
    },
  );
  expect(watch('/a', { sinceIndex: 6 }).seen).toEqual(['set /a 6']);
});

it('history knows a removed directory by whole components only (divergence history-prefix)', () => {
  apply(set('/pre/x'), remove('/pre', { recursive: true }));
  expect(watch('/prefix', { sinceIndex: 1 }).seen).toEqual([]);
  expect(watch('/pre/never', { sinceIndex: 1 }).seen).toEqual(['delete /pre 2']);
});

it('a cancelled watch sees nothing more', () => {
  const watcher = watch('/a', { stream: true });
  space.unwatch(watcher);
  space.unwatch(watcher);
  apply(set('/a'));
  expect(watcher.seen).toEqual([]);
  expect(space.stats().watchers).toBe(0);
});
