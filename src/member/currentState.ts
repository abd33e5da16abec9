import type { Machine } from '../machine/machine';

/** The state machine in use. It is replaced as a whole when the leader's state was received, so nobody keeps the machine itself. */
export interface CurrentState {
  machine: Machine;
}
