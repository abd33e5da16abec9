/** What a request to write by v1 is as a command of the key space, or why it is none. */
import type {
  CompareAndSwapCommand,
  CreateCommand,
  DeleteCommand,
  SetCommand as PlainSet,
} from '../../machine/command';
import { faultOfKey } from '../../machine/commandRules';
import { isClusterKey } from '../../machine/cluster/clusterKeys';
import type { Form } from '../http/form';
import { expirationOf } from '../v2/keys/writeCommand';
import { reserved, type V1Failure } from './failure';
import { parseTtl } from './parameters';

/** What a set can come to. */
export type SetCommand = PlainSet | CreateCommand | CompareAndSwapCommand | DeleteCommand;

/**
 * A set, or a test-and-set where `prevValue` is given; an empty one stands for a key that is not there (conflicts row 50).
 *
 * @param nowMs milliseconds since 1970
 */
export function setCommandOf(key: string, form: Form, nowMs: number): SetCommand | V1Failure {
  const value = form.get('value') ?? '';
  if (value === '') return { code: 200, cause: 'Set' };
  const ttlText = form.get('ttl') ?? '';
  const ttl = ttlText === '' ? undefined : parseTtl(ttlText);
  if (ttlText !== '' && ttl === undefined) return { code: 202, cause: 'Set' };
  if (isClusterKey(key)) return reserved('Set');
  const command = commandOf(key, value, ttl, form.get('prevValue'), nowMs);
  const fault = faultOfKey(command);
  return fault === undefined ? command : { code: 209, cause: fault };
}

function commandOf(
  key: string,
  value: string,
  ttl: number | undefined,
  prevValue: string | undefined,
  nowMs: number,
): SetCommand {
  // What is to end before now has ended.
  if (ttl !== undefined && ttl <= 0 && prevValue === undefined) return deleteCommandOf(key, nowMs);
  const common = { path: key, nowMs, value, expirationMs: expirationOf(ttl && Math.max(0, ttl), nowMs) };
  if (prevValue === undefined) return { type: 'set', ...common, dir: false, refresh: false };
  if (prevValue === '') return { type: 'create', ...common, dir: false, inOrder: false };
  return { type: 'compareAndSwap', ...common, refresh: false, prevValue, prevIndex: 0n };
}

/** @param nowMs milliseconds since 1970 */
export function deleteCommandOf(key: string, nowMs: number): DeleteCommand {
  return { type: 'delete', path: key, nowMs, dir: false, recursive: false };
}
