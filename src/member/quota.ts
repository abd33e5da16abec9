import type { Command } from '../machine/command';
import { NODE_BYTES } from '../machine/keyspace/tree';
import type { CurrentState } from './currentState';

/** Once full, the store takes writes again when it is below this share: an alarm that comes and goes helps nobody. */
const CLEAR_SHARE = 0.95;

/** Commands that add less are not counted until they are applied, and not judged while there is much room. */
const COUNTED_FROM_BYTES = 4096;
const MUCH_ROOM_SHARE = 0.8;

/**
 * How large the store may become. The tree lives in memory: one that does not fit ends the member, and each start after it. It is
 * judged before a command is proposed and never in the state machine, whose answers must not depend on a member's memory.
 */
export class Quota {
  /** Values of commands that are under way. */
  private pendingBytes = 0;
  private isFull = false;

  /** @param bytes 0: no limit */
  constructor(
    private readonly state: CurrentState,
    readonly bytes: number,
  ) {}

  /** The alarm NOSPACE of etcd. */
  get alarm(): boolean {
    if (this.isFull && this.used < this.bytes * CLEAR_SHARE) this.isFull = false;
    return this.isFull;
  }

  /** Nearly what the store costs in memory. */
  get used(): number {
    return this.state.machine.keySpace.tree.bytes;
  }

  /**
   * What the command may add, reserved until `settled` gives it back; undefined: it may not be proposed. What makes nothing larger
   * always may.
   */
  reserve(command: Command): number | undefined {
    if (this.bytes === 0 || this.hasMuchRoomFor(command)) return 0;
    const growth = this.growthOf(command);
    if (growth > 0 && (this.alarm || this.used + this.pendingBytes + growth > this.bytes)) {
      this.isFull ||= this.used >= this.bytes * CLEAR_SHARE;
      return undefined;
    }
    if (growth < COUNTED_FROM_BYTES) return 0;
    this.pendingBytes += growth;
    return growth;
  }

  /** @param growth as `reserve` answered */
  settled(growth: number): void {
    this.pendingBytes -= growth;
  }

  private hasMuchRoomFor(command: Command): boolean {
    const isSmall = !('value' in command) || command.value.length < COUNTED_FROM_BYTES;
    return isSmall && !this.isFull && this.used + this.pendingBytes < this.bytes * MUCH_ROOM_SHARE;
  }

  /** Bytes by which the command can make the store larger; 0: none. */
  private growthOf(command: Command): number {
    switch (command.type) {
      case 'set':
      case 'create':
      case 'update':
      case 'compareAndSwap': {
        if ('refresh' in command && command.refresh) return 0;
        const node = this.state.machine.keySpace.tree.find(command.path);
        if (node === undefined) return NODE_BYTES + command.path.length + command.value.length;
        // In order, the node is a new one below it.
        if (node.dir)
          return command.type === 'create' ? 2 * NODE_BYTES + command.path.length + command.value.length : 0;
        return Math.max(0, command.value.length - node.value.length);
      }
      case 'delete':
      case 'compareAndDelete':
      case 'sync':
      case 'publish':
      case 'updateMember':
      case 'checkpoint':
      case 'report':
        return 0;
    }
  }
}
