import type { ByteReader } from '../../bytes/byteReader';
import type { ByteWriter } from '../../bytes/byteWriter';
import type { AuthResult } from '../auth/result';
import type { AuthCommand, Command, KeyCommand } from '../command';
import type { KeyResult } from '../keyspace/event';
import type { MachineState } from '../machineState';

/** What a command answers; most answer nothing. */
export type ResultOf<C extends Command> = C extends KeyCommand
  ? KeyResult
  : C extends AuthCommand
    ? AuthResult
    : undefined;

/** All there is to know of one kind of command. */
export interface CommandKind<C extends Command> {
  /** Its first byte in the log; never used again. */
  readonly code: number;
  /** The feature level (features.ts) since which there is such a command. */
  readonly level: number;
  /**
   * Whose word it is: a client's, through any member; the leader's, and only that member may put it into the log; or a member's of
   * itself, which no other one may speak for.
   */
  readonly speaker: 'client' | 'leader' | 'itself';
  /** Bytes of what can be long in it, or somewhat more. */
  readonly size: (command: C) => number;
  readonly write: (writer: ByteWriter, command: C) => void;
  /** Reads what `write` wrote. @throws DecodeError */
  readonly read: (reader: ByteReader) => C;
  /** What is wrong with it; undefined if it may be in the log. See machine/commandRules.ts. */
  readonly faultOf: (command: C) => string | undefined;
  /** What may take long and comes before `execute`, a step at a time; the machine looks after pauses. */
  readonly steps?: (state: MachineState, command: C) => Generator<undefined, void, undefined>;
  readonly execute: (state: MachineState, command: C) => ResultOf<C>;
}
