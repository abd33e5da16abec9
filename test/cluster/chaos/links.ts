import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { stablePort } from '../../support/ports';
import { Lane } from './lane';
import type { Rule } from './lane';

const OPEN: Rule = { kind: 'open' };
const HEAD_BYTES_MAX = 16_384;

interface Connection {
  /** Who dialled, as it said; undefined if it did not. Its name may be known later than that. */
  readonly fromId: string | undefined;
  readonly to: string;
  readonly near: Socket;
  readonly far: Socket;
  readonly lanes: readonly [forth: Lane, back: Lane];
}

/**
 * A TCP proxy in front of each member's peer port. The handshake names the member that dials, so every pair has a link of its
 * own, and each direction of it can be held up, slowed down or opened again.
 */
export class Links {
  private readonly servers: Server[] = [];
  private readonly connections = new Set<Connection>();
  private readonly unnamed = new Set<Socket>();
  private readonly rules = new Map<string, Rule>();
  /** Pairs whose rule has held a lane since it was set. */
  private readonly held = new Set<string>();

  /** @param nameOf the member with that id; undefined for a stranger, whose links stay open */
  constructor(private readonly nameOf: (id: string) => string | undefined) {}

  /** Begins to listen for those who dial `name`; the URL to give them. */
  async inFrontOf(name: string, peerPort: number): Promise<string> {
    const port = await stablePort();
    const server = createServer((near) => this.accept(near, name, peerPort));
    this.servers.push(server);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return `http://127.0.0.1:${port}`;
  }

  /** What happens from now on to bytes from one member to another, on connections of either. */
  set(from: string, to: string, rule: Rule): void {
    this.rules.set(`${from}>${to}`, rule);
    this.apply();
  }

  /** Whether bytes from one member to another were kept back by the rule that is set for them: a cut that cut nothing is no fault. */
  hasHeld(from: string, to: string): boolean {
    return this.held.has(`${from}>${to}`);
  }

  /** Opens everything. Held bytes arrive late, or, with `reset`, the connections they were on are gone. */
  heal(reset: boolean): void {
    if (reset) {
      for (const connection of this.connections) {
        if (connection.lanes.some((lane) => lane.isHeld)) this.drop(connection);
      }
    }
    this.rules.clear();
    this.held.clear();
    this.apply();
  }

  close(): void {
    for (const server of this.servers) server.close();
    for (const socket of this.unnamed) socket.destroy();
    for (const connection of [...this.connections]) this.drop(connection);
  }

  private apply(): void {
    for (const connection of this.connections) this.rule(connection);
  }

  /** By the names that are known now: connections are older than the ids of a new cluster, and members get new ids. */
  private rule({ fromId, to, lanes }: Connection): void {
    const from = (fromId === undefined ? undefined : this.nameOf(fromId)) ?? '?';
    this.ruleLane(lanes[0], `${from}>${to}`);
    this.ruleLane(lanes[1], `${to}>${from}`);
  }

  private ruleLane(lane: Lane, pair: string): void {
    const rule = this.rules.get(pair) ?? OPEN;
    if (rule.kind === 'held' && !lane.isHeld) this.held.add(pair);
    lane.obey(rule);
  }

  private accept(near: Socket, to: string, peerPort: number): void {
    let head = Buffer.alloc(0);
    this.unnamed.add(near);
    near.on('error', () => near.destroy());
    near.on('close', () => this.unnamed.delete(near));
    const take = (piece: Buffer): void => {
      head = Buffer.concat([head, piece]);
      if (!head.includes('\r\n\r\n') && head.length < HEAD_BYTES_MAX) return;
      near.off('data', take);
      near.pause();
      this.unnamed.delete(near);
      const id = /^X-Server-From: *([0-9a-f]+)/im.exec(head.toString('latin1'))?.[1];
      this.join(near, id, to, peerPort, head);
    };
    near.on('data', take);
  }

  private join(near: Socket, fromId: string | undefined, to: string, peerPort: number, head: Buffer): void {
    const far = connect({ host: '127.0.0.1', port: peerPort, noDelay: true });
    near.setNoDelay(true);
    const lanes = [new Lane(near, far), new Lane(far, near)] as const;
    const connection: Connection = { fromId, to, near, far, lanes };
    this.connections.add(connection);
    for (const socket of [near, far]) {
      socket.on('error', () => this.drop(connection));
      socket.on('close', () => this.drop(connection));
    }
    this.rule(connection);
    lanes[0].take(head);
    near.resume();
  }

  private drop(connection: Connection): void {
    if (!this.connections.delete(connection)) return;
    connection.near.destroy();
    connection.far.destroy();
    for (const lane of connection.lanes) lane.close();
  }
}
