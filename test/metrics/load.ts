import { connect, type Socket } from 'node:net';
import type { Cluster } from '../cluster/cluster';
import { call } from '../cluster/httpClient';
import { sleep } from '../cluster/waiting';

/** Clients that write, read and watch until they are stopped; what fails meanwhile is the point of some tests. */
export class Load {
  private running = true;
  private readonly done: Promise<unknown>;
  private readonly watches: Socket[] = [];

  constructor(
    private readonly cluster: Cluster,
    private readonly pauseMs: number,
  ) {
    for (const { clientPort } of cluster.members) this.watch(clientPort);
    this.done = Promise.all(cluster.members.map((_, number) => this.client(number)));
  }

  async stop(): Promise<void> {
    this.running = false;
    for (const socket of this.watches) socket.destroy();
    await this.done;
  }

  private watch(port: number): void {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.resume();
    socket.write('GET /v2/keys/?wait=true&stream=true&recursive=true HTTP/1.1\r\nHost: localhost\r\n\r\n');
    this.watches.push(socket);
  }

  private async client(number: number): Promise<void> {
    for (let turn = 0; this.running; turn++) {
      const port = this.cluster.members[number]?.clientPort ?? 0;
      const keys = (method: string, target: string, form?: Record<string, string>): Promise<unknown> =>
        call(port, { method, target: `/v2/keys/load/${number}${target}`, ...(form && { form }) }, 2000).catch(
          () => undefined,
        );
      const value = 'x'.repeat(100 + (turn % 50));
      await keys('PUT', `/key${turn % 200}`, { value, ...(turn % 10 === 0 && { ttl: '5' }) });
      await keys('GET', `/key${turn % 200}`);
      if (turn % 5 === 0) await keys('GET', `/key${turn % 200}?quorum=true`);
      if (turn % 7 === 0) await keys('POST', '/queue', { value });
      if (turn % 9 === 0) await keys('DELETE', `/key${(turn + 100) % 200}`);
      if (turn % 11 === 0) await keys('PUT', `/key${turn % 200}?prevValue=${value}`, { value: 'swapped' });
      await sleep(this.pauseMs);
    }
  }
}
