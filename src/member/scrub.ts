import type { Machine } from '../machine/machine';
import { corrupt } from '../storage/errors';
import type { CurrentState } from './currentState';

/** Some two milliseconds of work. */
const NODES_A_STEP = 1000;

/**
 * Compares every node with the checksum that was stored with it, once, a little at a time: a start does not wait for it. The
 * files' own checksums were verified before they were opened, so what this finds went wrong in memory, here or in the engine.
 */
export class Scrub {
  private machine: Machine | undefined;
  private nodes: Iterator<string | undefined, void, undefined> | undefined;

  constructor(private readonly state: CurrentState) {}

  /** Goes on, from the beginning if the state was replaced. Throws StorageError of kind corrupt. */
  step(): void {
    const { machine } = this.state;
    if (machine !== this.machine) {
      this.machine = machine;
      this.nodes = machine.damagedNodes();
    }
    for (let count = 0; count < NODES_A_STEP && this.nodes !== undefined; count += 1) {
      const { done, value: path } = this.nodes.next();
      if (done === true) this.nodes = undefined;
      else if (path !== undefined) throw corrupt(`the row of ${path} has a wrong checksum`);
    }
  }
}
