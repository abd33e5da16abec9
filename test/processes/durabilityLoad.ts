/** Clients that write as fast as they can, and remember what was acknowledged and what was not. */
import { Agent, request as httpRequest } from 'node:http';
import { encodeForm, FORM } from '../support/request';

export type Action = 'set' | 'compareAndSwap' | 'delete' | 'create';

/** A write as it was asked for; the key of a `create` (an in-order POST) is its directory until it is acknowledged. */
export interface Write {
  readonly action: Action;
  readonly key: string;
  /** Unique to this write; empty for a delete. */
  readonly value: string;
}

export interface AcknowledgedWrite extends Write {
  readonly index: number;
}

export interface StoredFile {
  readonly value: string;
  readonly createdIndex: number;
  readonly modifiedIndex: number;
}

export interface Answer {
  readonly status: number;
  readonly etcdIndex: number;
  readonly body: string;
}

/** A seeded source of numbers from 0 to below 1 (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One request on a kept connection. Rejects if the connection breaks before the whole answer is there. */
export function ask(agent: Agent, port: number, method: string, target: string, form?: Record<string, string>) {
  return new Promise<Answer>((resolve, reject) => {
    const headers = form === undefined ? {} : { 'content-type': FORM };
    const request = httpRequest({ host: '127.0.0.1', port, method, path: target, agent, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => (body += text));
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, etcdIndex: Number(response.headers['x-etcd-index']), body });
      });
    });
    request.on('error', reject);
    request.end(form === undefined ? undefined : encodeForm(Object.entries(form)));
  });
}

const HOT_KEYS = 8;
const PADDING_MAX = 600;

/**
 * Each client has one write in flight and keys of its own, so that what the store must hold is known exactly: `files`, and for
 * each write in `open` either its effect or none of it.
 */
export class Load {
  /** What was acknowledged, or found after a restart. */
  readonly files = new Map<string, StoredFile>();
  /** Since the last check. */
  acknowledged: AcknowledgedWrite[] = [];
  /** Writes whose connection broke before they were answered. */
  open: Write[] = [];
  highestIndex = 0;
  /** The history up to here was compared already. */
  checkedIndex = 0;
  private written = 0;

  constructor(
    private readonly clients: number,
    private readonly random: () => number,
  ) {}

  /** Writes until the server goes away, or until `limit` writes were acknowledged. */
  async run(port: number, limit = Infinity): Promise<void> {
    const enough = this.acknowledged.length + limit;
    await Promise.all(Array.from({ length: this.clients }, (_, client) => this.runClient(client, port, enough)));
  }

  /** One write; false if it was not acknowledged. Throws if it was refused. */
  async write(agent: Agent, port: number, write: Write): Promise<boolean> {
    let answer: Answer;
    try {
      answer = await this.send(agent, port, write);
    } catch {
      this.open.push(write);
      return false;
    }
    if (answer.status >= 300) throw new Error(`${write.action} ${write.key}: ${answer.status} ${answer.body}`);
    const { node } = JSON.parse(answer.body);
    this.acknowledged.push({ ...write, key: node.key, index: node.modifiedIndex });
    this.highestIndex = Math.max(this.highestIndex, answer.etcdIndex, node.modifiedIndex);
    if (write.action === 'delete') this.files.delete(write.key);
    else this.files.set(node.key, fileOf(node));
    return true;
  }

  private async runClient(client: number, port: number, enough: number): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (this.acknowledged.length < enough && (await this.write(agent, port, this.nextWrite(client))));
    agent.destroy();
  }

  private nextWrite(client: number): Write {
    const number = this.written++;
    const value = `${number}:${'x'.repeat(Math.floor(this.random() * PADDING_MAX))}`;
    const hot = `/client${client}/hot${Math.floor(this.random() * HOT_KEYS)}`;
    const kind = this.random();
    if (kind < 0.3) return { action: 'set', key: `/client${client}/unique${number}`, value };
    if (kind < 0.5) return { action: 'create', key: `/queue${client}`, value };
    if (kind < 0.75 || !this.files.has(hot)) return { action: 'set', key: hot, value };
    return kind < 0.9 ? { action: 'compareAndSwap', key: hot, value } : { action: 'delete', key: hot, value: '' };
  }

  private send(agent: Agent, port: number, { action, key, value }: Write): Promise<Answer> {
    const target = `/v2/keys${key}`;
    switch (action) {
      case 'set':
        return ask(agent, port, 'PUT', target, { value });
      case 'create':
        return ask(agent, port, 'POST', target, { value });
      case 'compareAndSwap':
        return ask(agent, port, 'PUT', target, { value, prevValue: this.files.get(key)?.value ?? '' });
      case 'delete':
        return ask(agent, port, 'DELETE', target);
    }
  }
}

/** The fields that must survive. */
export function fileOf(node: StoredFile): StoredFile {
  return { value: node.value, createdIndex: node.createdIndex, modifiedIndex: node.modifiedIndex };
}
