/** Short forms for the tests of the key space: commands with what is usual filled in. */
import type {
  CompareAndDeleteCommand,
  CompareAndSwapCommand,
  CreateCommand,
  DeleteCommand,
  SetCommand,
  UpdateCommand,
} from '../../../src/machine/command';
import type { KeySpace } from '../../../src/machine/keyspace/keySpace';

export const NOW_MS = 1_700_000_000_000;

type Rest<C> = Partial<Omit<C, 'type' | 'path'>>;

export const set = (path: string, rest: Rest<SetCommand> = {}): SetCommand => ({
  type: 'set',
  path,
  nowMs: NOW_MS,
  dir: false,
  value: '',
  refresh: false,
  expirationMs: undefined,
  ...rest,
});

export const create = (path: string, rest: Rest<CreateCommand> = {}): CreateCommand => ({
  type: 'create',
  path,
  nowMs: NOW_MS,
  dir: false,
  value: '',
  inOrder: false,
  expirationMs: undefined,
  ...rest,
});

export const update = (path: string, rest: Rest<UpdateCommand> = {}): UpdateCommand => ({
  type: 'update',
  path,
  nowMs: NOW_MS,
  value: '',
  refresh: false,
  expirationMs: undefined,
  ...rest,
});

export const swap = (path: string, rest: Rest<CompareAndSwapCommand> = {}): CompareAndSwapCommand => ({
  type: 'compareAndSwap',
  path,
  nowMs: NOW_MS,
  value: '',
  prevValue: '',
  prevIndex: 0n,
  refresh: false,
  expirationMs: undefined,
  ...rest,
});

export const remove = (path: string, rest: Rest<DeleteCommand> = {}): DeleteCommand => ({
  type: 'delete',
  path,
  nowMs: NOW_MS,
  dir: false,
  recursive: false,
  ...rest,
});

export const removeIf = (path: string, rest: Rest<CompareAndDeleteCommand> = {}): CompareAndDeleteCommand => ({
  type: 'compareAndDelete',
  path,
  nowMs: NOW_MS,
  prevValue: '',
  prevIndex: 0n,
  ...rest,
});

/** As a `sync` does it: up to `most` of the nodes that are due go. */
export function expire(keySpace: KeySpace, nowMs: number, most = 100): void {
  for (let count = 0; count < most && keySpace.expireOne(nowMs); count++) keySpace.release(Number.POSITIVE_INFINITY);
}
