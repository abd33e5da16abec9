import { catchUp } from './catchUp';
import { expire } from './expire';
import { get } from './get';
import type { Group } from './group';
import { large } from './large';
import { leader } from './leader';
import { list, listBesideWrites } from './list';
import { locks } from './locks';
import { many, most } from './manyKeys';
import { mixed } from './mixed';
import { put } from './put';
import { secured } from './secured';
import { start } from './start';
import { watch } from './watch';
import { watched } from './watched';

/** Every group, in the order they run and are printed. */
export const groups: readonly Group[] = [
  start,
  put,
  get,
  mixed,
  large,
  secured,
  list,
  listBesideWrites,
  watch,
  watched,
  many,
  most,
  catchUp,
  expire,
  leader,
  locks,
];
