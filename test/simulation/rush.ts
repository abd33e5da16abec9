import { Client, type SharedKnowledge } from './clients';
import type { Cluster } from './cluster';
import type { SimNode } from './node';

const PAUSE_MS = [500, 4000] as const;
/** Less than a round trip: what comes next overlaps with what is under way. */
const THINK_MS = 5;
const READERS = 3;
const WRITERS = 2;
const REQUESTS = 8;

/** From time to time a crowd comes at once: some read from one member within a round trip of each other, others write meanwhile. */
export class Rush {
  running = true;
  private readonly client: Client;
  private crowds = 0;

  constructor(
    private readonly cluster: Cluster,
    known: SharedKnowledge,
    name: string,
  ) {
    this.client = new Client(cluster, known, name, 0);
  }

  get idle(): boolean {
    return this.crowds === 0;
  }

  start(): void {
    this.cluster.world.scheduler.schedule(this.cluster.world.random.between(...PAUSE_MS), () => {
      if (!this.running) return;
      this.cluster.world.judge.watch('a crowd', this.crowd());
      this.start();
    });
  }

  private async crowd(): Promise<void> {
    const { serving, world } = this.cluster;
    if (serving.length === 0) return;
    const node = world.random.pick(serving);
    this.crowds++;
    const readers = Array.from({ length: READERS }, () => this.lane(() => this.client.readLinearizable(node)));
    const writers = Array.from({ length: WRITERS }, () => this.lane(() => this.write()));
    await Promise.all([...readers, ...writers]);
    this.crowds--;
  }

  /** One request after the other, until one fails. */
  private async lane(request: () => Promise<boolean>): Promise<void> {
    for (let count = 0; count < REQUESTS && this.running; count++) {
      await this.cluster.sleep(this.cluster.world.random.between(0, THINK_MS));
      if (!(await request())) return;
    }
  }

  /** At the leader if there is one, where it takes no time to get there. */
  private write(): Promise<boolean> {
    const { leader, serving } = this.cluster;
    const node: SimNode | undefined = leader?.member === undefined ? serving[0] : leader;
    return node === undefined ? Promise.resolve(false) : this.client.write(node, this.client.command(node.member));
  }
}
