import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Stands between a client and a member, and can keep them apart. */
export class Gate {
  url = '';
  private isOpen = true;
  private isFrozen = false;
  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((socket) => {
    if (!this.isOpen) {
      socket.destroy();
      return;
    }
    const inner = connect(this.port, '127.0.0.1');
    for (const one of [socket, inner]) {
      this.sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        this.sockets.delete(one);
        socket.destroy();
        inner.destroy();
      });
    }
    if (!this.isFrozen) socket.pipe(inner).pipe(socket);
  });

  constructor(private readonly port: number) {}

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Breaks what is open; new connections come through. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** Nothing comes through any more. */
  close(): void {
    this.isOpen = false;
    this.cut();
  }

  /** Connections stay open, new ones too, and nothing comes through any more. */
  freeze(): void {
    this.isFrozen = true;
    for (const socket of this.sockets) socket.unpipe().pause();
  }

  stop(): void {
    this.cut();
    this.server.close();
  }
}
