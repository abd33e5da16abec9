import { request as httpRequest } from 'node:http';
import type { SeenEvent } from '../../linearizability/history';
import type { ClusterMember } from '../clusterMember';
import { sleep } from '../waiting';
import type { Dice } from './dice';
import type { Record, Told } from './record';

/** Follows everything below a path, on one member after the other, always from the event after the last one it was told. */
export class Watcher implements Told {
  readonly events: SeenEvent[] = [];
  private nextIndex: number;
  private isOver = false;

  constructor(
    readonly watcher: string,
    readonly path: string,
    readonly fromIndex: number,
    private readonly isStream: boolean,
    private readonly members: readonly ClusterMember[],
    private readonly dice: Dice,
    private readonly record: Record,
  ) {
    this.nextIndex = fromIndex;
  }

  /** The index of the latest event it was told. */
  get reached(): number {
    return this.nextIndex - 1;
  }

  stop(): void {
    this.isOver = true;
  }

  async run(): Promise<void> {
    let member = this.dice.pick(this.members);
    while (!this.isOver) {
      const before = this.nextIndex;
      await this.follow(member, this.dice.between(500, 4000));
      const isGoingOn = !this.isStream && this.nextIndex > before;
      // One event an answer: whoever is behind stays where it is told something, most of the time.
      if (isGoingOn && this.dice.chance(0.95)) continue;
      member = this.dice.pick(this.members);
      if (this.nextIndex === before) await sleep(50);
    }
  }

  private follow(member: ClusterMember, lifeMs: number): Promise<void> {
    const stream = this.isStream ? '&stream=true' : '';
    const path = `/v2/keys${this.path}?wait=true&recursive=true&waitIndex=${this.nextIndex}${stream}`;
    return new Promise((resolve) => {
      const request = httpRequest({ host: '127.0.0.1', port: member.clientPort, path, agent: false });
      const timer = setTimeout(() => request.destroy(), lifeMs);
      const end = (): void => {
        clearTimeout(timer);
        resolve();
      };
      request.on('error', end);
      request.on('close', end);
      request.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('error', end);
        response.on('data', (piece: string) => {
          const lines = (text + piece).split('\n');
          text = lines.pop() ?? '';
          for (const line of lines) this.told(line, member);
        });
      });
      request.end();
    });
  }

  private told(line: string, member: ClusterMember): void {
    if (line === '') return;
    const body = JSON.parse(line) as {
      action?: string;
      node?: { key: string; value?: string; modifiedIndex: number };
      errorCode?: number;
    };
    if (body.node === undefined || body.action === undefined) {
      if (body.errorCode !== 300)
        this.record.violation('odd watch answer', `${this.watcher} on ${member.name}: ${line}`);
      return;
    }
    const { key, value = '', modifiedIndex: index } = body.node;
    if (index < this.nextIndex) {
      const text = `${this.watcher} on ${member.name} wanted ${this.nextIndex}: ${line}`;
      this.record.violation('watch out of order', text);
      return;
    }
    const isGone = ['delete', 'compareAndDelete', 'expire'].includes(body.action);
    this.record.count('event watched');
    this.events.push({ index, key, value: isGone ? undefined : value });
    this.nextIndex = index + 1;
  }
}
