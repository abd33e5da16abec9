/**
 * The small language of the scenario files: a line `> verb words...` is a command, the lines beneath it are what must come
 * of it. Lines with `#` and empty lines are for the reader. test/raft/scenarios/README.md lists the verbs.
 */
import type { Configuration, MemberId, Message, RaftOptions, Ready } from '../../src/raft/types';
import { bytes, emptyState, NOBODY, optionsOf, TestMember } from './harness';
import type { Snapshot } from './harness';
import { showConfiguration, showEntry, showMessage, showWrite } from './show';

/** Words like `voters=1,2` become named arguments, the rest stay in order. */
function parse(line: string): { verb: string; words: string[]; named: Map<string, string> } {
  const [verb = '', ...rest] = line.trim().split(/\s+/);
  const named = new Map<string, string>();
  const words: string[] = [];
  for (const word of rest) {
    const match = /^([a-zA-Z]+)=(.*)$/.exec(word);
    if (match === null) words.push(word);
    else named.set(match[1] ?? '', match[2] ?? '');
  }
  return { verb, words, named };
}

const list = (value: string | undefined): string[] => (value === undefined || value === '' ? [] : value.split(','));

type Command = (words: string[], named: Map<string, string>) => string[];

/** A cluster that a script plays with. */
export class Stage {
  private readonly members = new Map<MemberId, TestMember>();
  private readonly down = new Set<MemberId>();
  private network: Message[] = [];
  private readonly streams = new Map<string, Snapshot>();
  private readonly cuts = new Set<MemberId>();
  private readonly seen = new Map<MemberId, string>();
  private changes: Partial<RaftOptions> = {};

  /** Runs one command; the lines that came of it. */
  run(line: string): string[] {
    const { verb, words, named } = parse(line);
    const command = this.commands[verb];
    if (command === undefined) throw new Error(`unknown verb: ${line}`);
    let lines: string[];
    try {
      lines = command(words, named);
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'RaftInvariantError') throw error;
      lines = [`broken invariant: ${error.message}`];
    }
    const told = verb === 'status' ? [] : this.news();
    return [...lines, ...told];
  }

  private readonly commands: Record<string, Command> = {
    network: (_words, named) => this.network_(named),
    member: ([id], named) => {
      this.add(this.one(id), this.configuration(named));
      return [];
    },
    tick: ([ids, times]) => {
      for (let count = Number(times ?? 1); count > 0; count -= 1)
        for (const id of this.some(ids)) this.member(id).raft.tick();
      return [];
    },
    campaign: ([id]) => {
      this.member(id).raft.campaign();
      return [];
    },
    propose: ([id, value, times]) => {
      const results: string[] = [];
      for (let count = Number(times ?? 1); count > 0; count -= 1) {
        const result = this.member(id).raft.propose(bytes(value ?? ''));
        results.push(result.ok ? `${result.index}@${result.term}` : result.reason);
      }
      return [results.join(' ')];
    },
    configure: ([id], named) => {
      const result = this.member(id).raft.proposeConfiguration(this.configuration(named), bytes(''));
      return [result.ok ? `${result.index}@${result.term}` : result.reason];
    },
    read: ([id, context]) => {
      this.member(id).raft.readIndex(Number(context));
      return [];
    },
    transfer: ([id, to]) => [this.member(id).raft.transferLeadership(this.one(to)) ? 'started' : 'refused'],
    ready: ([ids]) => this.some(ids).flatMap((id) => this.ready(id)),
    write: ([ids]) => this.some(ids).flatMap((id) => this.write(id)),
    durable: ([ids]) => this.some(ids).flatMap((id) => this.durable(id)),
    turn: ([ids]) => this.some(ids).flatMap((id) => this.turn(id)),
    deliver: (words, named) => this.deliver(words, named),
    drop: (words) => this.take(words[0], undefined).map((message) => `lost ${showMessage(message)}`),
    resend: (words) => {
      const copies = this.network.filter((message) => this.isOn(message, words[0]));
      this.network.push(...copies);
      return copies.map((message) => `doubled ${showMessage(message)}`);
    },
    settle: (words) => this.settle(words.includes('quietly')),
    beat: ([id, times, quietly]) => {
      const lines: string[] = [];
      for (let count = Number(times ?? 1); count > 0; count -= 1) {
        this.member(id).raft.tick();
        lines.push(...this.settle(quietly === 'quietly'));
      }
      return lines;
    },
    cut: ([ids]) => {
      for (const id of this.some(ids)) this.cuts.add(id);
      return [];
    },
    mend: () => {
      this.cuts.clear();
      return [];
    },
    crash: ([ids]) => {
      for (const id of this.some(ids)) this.down.add(id);
      return [];
    },
    restart: ([ids]) => {
      for (const id of list(ids)) {
        this.down.delete(id);
        this.member(id).restart();
      }
      return [];
    },
    compact: ([id, index]) => {
      this.member(id).compact(Number(index));
      return [];
    },
    stream: ([link, outcome]) => this.stream(link ?? '', outcome === 'ok'),
    unreachable: ([id, peer]) => {
      this.member(id).raft.reportUnreachable(this.one(peer));
      return [];
    },
    reachable: ([id, peer]) => {
      this.member(id).raft.reportReachable(this.one(peer));
      return [];
    },
    gone: ([ids, peer]) => {
      for (const id of this.some(ids)) this.member(id).raft.reportGone(this.one(peer));
      return [];
    },
    status: ([ids]) => this.some(ids).map((id) => this.member(id).raft.describe()),
    log: ([ids]) =>
      this.some(ids).map((id) => {
        const { raft } = this.member(id);
        const { firstIndex, lastIndex } = raft.status();
        return `${id}: ${raft.entries(firstIndex, lastIndex).map(showEntry).join(' ')}`;
      }),
    waiting: () => this.network.map(showMessage),
  };

  private network_(named: Map<string, string>): string[] {
    for (const [name, value] of named) {
      if (name !== 'voters' && name !== 'learners') this.changes = { ...this.changes, [name]: Number(value) };
    }
    const configuration = this.configuration(named);
    for (const id of [...configuration.voters, ...configuration.learners]) this.add(id, configuration);
    return [];
  }

  private add(id: MemberId, configuration: Configuration): void {
    this.members.set(id, new TestMember(optionsOf(id, this.changes), emptyState(configuration)));
    this.seen.set(id, this.summary(id));
  }

  private configuration(named: Map<string, string>): Configuration {
    if (!named.has('voters')) return NOBODY;
    return { voters: list(named.get('voters')), learners: list(named.get('learners')) };
  }

  private one(id: string | undefined): MemberId {
    if (id === undefined) throw new Error('which member?');
    return id;
  }

  private some(ids: string | undefined): MemberId[] {
    return ids === undefined || ids === 'all'
      ? [...this.members.keys()].filter((id) => !this.down.has(id))
      : ids.split(',');
  }

  private member(id: string | undefined): TestMember {
    const found = this.members.get(this.one(id));
    if (found === undefined) throw new Error(`no member ${id ?? ''}`);
    return found;
  }

  private ready(id: MemberId): string[] {
    const ready = this.member(id).ready();
    this.post(ready.messages);
    return this.showReady(id, ready);
  }

  private showReady(id: MemberId, ready: Ready): string[] {
    const lines = ready.messages.map(showMessage);
    if (ready.committed.length > 0) lines.push(`${id} applies ${ready.committed.map(showEntry).join(' ')}`);
    for (const { context, index } of ready.reads)
      lines.push(`${id} reads ${context} ${index === undefined ? 'refused' : `at ${index}`}`);
    return lines;
  }

  private write(id: MemberId): string[] {
    const write = this.member(id).startWrite();
    return write === undefined ? [] : showWrite(write).map((line) => (line.startsWith(' ') ? line : `${id} ${line}`));
  }

  private durable(id: MemberId): string[] {
    const messages = this.member(id).finishWrite();
    this.post(messages);
    return messages.map(showMessage);
  }

  /** What a driver does in a turn whose write is durable at once. */
  private turn(id: MemberId): string[] {
    const lines = this.ready(id);
    const member = this.member(id);
    while (!member.isWriting && member.startWrite() !== undefined) {
      lines.push(...this.durable(id), ...this.ready(id));
    }
    return lines;
  }

  private post(messages: readonly Message[]): void {
    for (const message of messages) {
      this.network.push(message);
      if (message.type === 'snapshotRequest') {
        this.streams.set(`${message.from}>${message.to}`, this.member(message.from).snapshot());
      }
    }
  }

  private isOn(message: Message, link: string | undefined): boolean {
    return link === undefined || link === 'all' || `${message.from}>${message.to}` === link;
  }

  private take(link: string | undefined, count: number | undefined): Message[] {
    const taken: Message[] = [];
    this.network = this.network.filter((message) => {
      if (!this.isOn(message, link) || (count !== undefined && taken.length >= count)) return true;
      taken.push(message);
      return false;
    });
    return taken;
  }

  private arrive(message: Message): boolean {
    if (this.cuts.has(message.from) || this.cuts.has(message.to)) return false;
    if (this.down.has(message.to) || !this.members.has(message.to)) return false;
    this.member(message.to).raft.step(message);
    return true;
  }

  /** `deliver`, `deliver 1>2`, `deliver 1>2 count=1`, `deliver 1>2 reversed`. */
  private deliver(words: string[], named: Map<string, string>): string[] {
    const count = named.get('count');
    const messages = this.take(words[0], count === undefined ? undefined : Number(count));
    if (words.includes('reversed')) messages.reverse();
    for (const message of messages) this.arrive(message);
    return [];
  }

  /** Turns and deliveries until nothing happens any more; every message is shown as it leaves. */
  private settle(quietly: boolean): string[] {
    const lines: string[] = [];
    for (let round = 0; round < 1000; round += 1) {
      const before = lines.length;
      for (const message of this.take(undefined, undefined)) this.arrive(message);
      for (const id of this.some('all')) lines.push(...this.turn(id));
      if (lines.length === before && this.network.length === 0)
        return quietly ? lines.filter((line) => /^\w+ (applies|reads)/.test(line)) : lines;
    }
    throw new Error('never quiet');
  }

  private stream(link: string, ok: boolean): string[] {
    const snapshot = this.streams.get(link);
    const [from, to] = link.split('>');
    if (snapshot === undefined) throw new Error(`no stream from ${link}`);
    this.streams.delete(link);
    const taken = ok && this.member(to).install(snapshot);
    this.member(from).raft.snapshotSent(this.one(to), snapshot.start.index, ok);
    if (!ok) return ['failed'];
    return [
      `${taken ? 'installed' : 'not needed'} ${snapshot.start.index}@${snapshot.start.term} ${showConfiguration(snapshot.start.configuration)}`,
    ];
  }

  private summary(id: MemberId): string {
    const { role, term, leader, commit } = this.member(id).raft.status();
    return `${role} t${term} leader=${leader ?? '-'} commit=${commit}`;
  }

  /** Roles, terms, leaders and commit indexes that changed. */
  private news(): string[] {
    const lines: string[] = [];
    for (const id of this.some('all')) {
      const now = this.summary(id);
      if (this.seen.get(id) === now) continue;
      this.seen.set(id, now);
      lines.push(`= ${id} ${now}`);
    }
    return lines;
  }
}

/** Plays a script; the same script with what really came of it. */
export function play(script: string): string {
  const stage = new Stage();
  const lines: string[] = [];
  for (const line of script.split('\n')) {
    if (line.startsWith('> ')) lines.push(line, ...stage.run(line.slice(2)));
    else if (line === '' || line.startsWith('#')) lines.push(line);
  }
  return lines.join('\n');
}
