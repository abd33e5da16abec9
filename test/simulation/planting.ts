/** Ways to plant a bug: a prototype is changed and changed back. */
import type { Entry, LogStart } from '../../src/raft/types';
import type { NodeClock } from './nodeClock';

/** Undoes what was planted. */
export type Undo = () => void;

export interface Mutant {
  readonly name: string;
  /** @param clockOfActor the clock of the process that acts now */
  plant(clockOfActor: () => NodeClock | undefined): Undo;
}

/** Puts a changed method or getter into a prototype. */
export function patch(target: object, name: string, make: (original: PropertyDescriptor) => PropertyDescriptor): Undo {
  const original = Object.getOwnPropertyDescriptor(target, name);
  if (original === undefined) throw new Error(`there is no ${name} to change`);
  Object.defineProperty(target, name, { ...original, ...make(original) });
  return () => {
    Object.defineProperty(target, name, original);
  };
}

// A method as found in a prototype; what it takes and gives is for each mutant to know.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Method = (this: any, ...values: any[]) => any;

export function wrap(target: object, name: string, around: (original: Method) => Method): Undo {
  return patch(target, name, ({ value }) => ({ value: around(value as Method) }));
}

export function all(...undos: readonly Undo[]): Undo {
  return () => {
    for (const undo of undos) undo();
  };
}

/** The inside of a RaftLog. */
export interface Inner {
  held: Entry[];
  start: LogStart;
  commitIndex: number;
  configurations: { truncated(index: number): void };
  cursor: { truncated(index: number): void };
}
