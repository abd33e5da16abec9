/** Makers of the answers, so that their shape is in one place. */
import type { Action, KeyError, KeyErrorCode, KeyEvent, NodeView } from './event';

export function eventOf(
  action: Action,
  node: NodeView,
  prevNode: NodeView | undefined,
  etcdIndex: number,
  nowMs: number,
  refresh = false,
): KeyEvent {
  return { ok: true, action, node, prevNode, etcdIndex, nowMs, refresh };
}

export function errorOf(code: KeyErrorCode, cause: string, etcdIndex: number): KeyError {
  return { ok: false, code, cause, etcdIndex };
}
