import type { KeyError } from '../machine/keyspace/event';
import type { CurrentState } from './currentState';
import type { Watch, WatchListener, WatchOptions } from './types';

/** Registers a watch with the state machine in use. A state that is replaced ends its watches, so there is nothing to move. */
export function registerWatch(
  state: CurrentState,
  path: string,
  options: WatchOptions,
  listener: WatchListener,
): Watch | KeyError {
  const { keySpace } = state.machine;
  const watcher = { path, ...options, deliver: listener };
  const watched = keySpace.watch(watcher);
  if (!watched.ok) return watched;
  const cancel = (): void => {
    keySpace.unwatch(watcher);
  };
  return { ok: true, etcdIndex: watched.etcdIndex, past: watched.past, cancel };
}
