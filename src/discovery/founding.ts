/** A founder asks the others until it may found the cluster, or has to come back to it. */
import { isDeepStrictEqual } from 'node:util';
import { JoinError, type Beginning, type Founder } from './beginning';
import { BackOff } from '../platform/backOff';
import { tlsReasonsOf } from '../platform/networkError';
import { reasonToStop } from '../platform/plainRequest';
import { inBrackets } from './runningCluster';
import type { Environment } from './environment';
import { judgeFounding, quorumOf, type FoundingVerdict, type HeardAnswer } from './foundingRule';
import { Retry } from './retry';
import type { FoundersAnswer, FoundersQuestion, Witness } from './witness';

/** Asks the member behind a peer URL; rejects if it does not answer within a short time. */
export type AskFounder = (peerURL: string, question: FoundersQuestion) => Promise<FoundersAnswer>;

export interface FoundingOptions {
  readonly clusterId: string;
  /** This member's id as a founder. */
  readonly memberId: string;
  /** All of them. */
  readonly founders: readonly (Founder & { readonly id: string })[];
  readonly witness: Witness;
  readonly ask: AskFounder;
  /** One attempt to come back as a new member; undefined: nobody can be asked for it now. */
  readonly comeBack: (because: string) => Promise<Beginning | undefined>;
  readonly environment: Environment;
}

/** Until one is asked again: starts of founders are seldom further apart than a few seconds. */
const WAITS = { firstMs: 50, longestMs: 500 };
/** Founders that are started together need not say that they wait. */
const QUIET_MS = 1000;
/** A lost founder tries to come back so often, also when it hears nothing new. */
const LOOK_AGAIN_MS = 1000;

/**
 * Resolves with undefined when this member may found the cluster, and with a beginning if it comes in as a new member. Rejects
 * with JoinError, or the signal's reason when the process is asked to stop.
 */
export async function mayFound(options: FoundingOptions): Promise<Beginning | undefined> {
  // Alone there is nobody to ask, and nobody else has its data.
  if (options.founders.length === 1) return undefined;
  return new Founding(options).decided();
}

class Founding {
  private readonly others: FoundingOptions['founders'];
  private readonly answers = new Map<string, HeardAnswer>();
  private readonly strangers = new Map<string, string>();
  /** Why TLS with a founder failed the last time, which waiting does not mend; empty: it did not answer for another reason. */
  private readonly tlsFailures = new Map<string, readonly string[]>();
  /** Wake those that wait before they ask again, and whoever waits for something new to decide on. */
  private readonly askers = new Set<() => void>();
  private readonly deciders = new Set<() => void>();
  private readonly retry: Retry;
  private ended = false;
  private speaks = false;

  constructor(private readonly options: FoundingOptions) {
    this.others = options.founders.filter(({ id }) => id !== options.memberId);
    this.retry = new Retry(options.environment);
  }

  async decided(): Promise<Beginning | undefined> {
    const { witness, clusterId, memberId, founders, environment } = this.options;
    const view = { kind: 'beginning', clusterId, memberId, founders } as const;
    const question = { clusterId, memberId, incarnation: await witness.incarnation() };
    witness.answersAs(() => view);
    // Whoever asks for the first time can be asked: that is quicker than waiting for the next round.
    witness.onNews = () => {
      wakeAll(this.askers);
    };
    for (const founder of this.others) void this.keepAsking(founder, question).catch(() => undefined);
    const cancel = environment.clock.after(QUIET_MS, () => {
      this.speaks = true;
      wakeAll(this.deciders);
    });
    const stop = (): void => {
      wakeAll(this.deciders);
    };
    environment.signal.addEventListener('abort', stop);
    try {
      for (;;) {
        if (environment.signal.aborted) throw reasonToStop(environment.signal);
        const verdict = judgeFounding(founders.length, [...this.answers.values()]);
        if (verdict.kind === 'found') return undefined;
        this.refuseAnotherFoundation();
        const beginning = verdict.kind === 'lost' ? await this.options.comeBack(verdict.because) : undefined;
        if (beginning !== undefined) return beginning;
        if (verdict.kind === 'lost') this.sayLost(verdict.because);
        else if (this.speaks) this.sayWaiting(verdict);
        await this.nap(this.deciders, LOOK_AGAIN_MS);
      }
    } finally {
      this.ended = true;
      witness.onNews = () => undefined;
      cancel();
      environment.signal.removeEventListener('abort', stop);
      wakeAll(this.askers);
    }
  }

  /** Asks one founder again and again; a new answer wakes the decision. */
  private async keepAsking(founder: FoundingOptions['founders'][number], question: FoundersQuestion): Promise<void> {
    const { ask, environment } = this.options;
    const backOff = new BackOff(WAITS, environment.random);
    while (!this.isOver()) {
      const answer = await Promise.any(founder.peerURLs.map((url) => ask(url, question))).catch((error: unknown) => {
        this.tlsFailures.set(founder.id, tlsReasonsOf(error));
        return undefined;
      });
      if (answer !== undefined) {
        this.tlsFailures.delete(founder.id);
        await this.heard(founder.id, answer);
      }
      if (this.isOver()) return;
      const woken = await this.nap(this.askers, backOff.nextMs());
      if (woken) backOff.reset();
    }
  }

  private isOver(): boolean {
    return this.ended || this.options.environment.signal.aborted;
  }

  private async heard(from: string, answer: FoundersAnswer): Promise<void> {
    if (answer.kind === 'stranger') {
      this.answers.delete(from);
      this.strangers.set(from, answer.clusterId);
      wakeAll(this.deciders);
      return;
    }
    this.strangers.delete(from);
    const { running, memberId, incarnation } = answer;
    let counts = memberId === from;
    if (counts && !running) {
      // It will ask in its turn, perhaps after this member has founded: it has to be known here from before then. One that lost
      // its directory has forgotten whom it knew, so it is no witness.
      const kept = await this.options.witness.keep(memberId, incarnation, true);
      counts = kept.incarnation === incarnation;
    }
    const before = this.answers.get(from);
    const heard = { ...answer, counts };
    this.answers.set(from, heard);
    if (!isDeepStrictEqual(before, heard)) wakeAll(this.deciders);
  }

  /** Too many have another list for a quorum to come together: waiting cannot help. */
  private refuseAnotherFoundation(): void {
    const { founders, clusterId } = this.options;
    if (this.strangers.size <= founders.length - quorumOf(founders.length)) return;
    const seen = [...this.strangers].map(([id, cluster]) => `${this.urlsOf(id)} (cluster ${cluster})`).join(', ');
    throw new JoinError(
      `the members at ${seen} belong to another cluster than this one (${clusterId}); --initial-cluster and ` +
        '--initial-cluster-token have to be the same on every member: correct them, or the data directories that do not belong here',
    );
  }

  private sayWaiting({ witnesses, needed, running }: Extract<FoundingVerdict, { kind: 'wait' }>): void {
    const missing = this.others.filter(({ id }) => {
      const answer = this.answers.get(id);
      return answer?.counts !== true || (running > 0 && !answer.running);
    });
    const names = missing
      .map(({ id, name }) => `${name} at ${this.urlsOf(id)}${inBrackets(this.tlsFailures.get(id) ?? [])}`)
      .join(', ');
    const what =
      running > 0
        ? 'others have a state already, and it takes more of them to be sure that this member never had one'
        : 'it takes a quorum of founders that say they have no state';
    this.retry.info(
      { answered: witnesses, needed },
      `this member does not found the cluster yet: ${what}; ${witnesses} of ${needed} others have answered, waiting for ${names}`,
    );
  }

  private sayLost(because: string): void {
    const urls = this.others.flatMap(({ peerURLs }) => peerURLs).join(', ');
    this.retry.warn(
      { cluster: this.options.clusterId },
      `this member cannot found the cluster (${because}), so it comes back as a new member; waiting until one of ${urls} ` +
        'runs (if the cluster never had any data: delete the data directories of all its members)',
    );
  }

  private urlsOf(id: string): string {
    return this.others.find((founder) => founder.id === id)?.peerURLs.join(' ') ?? id;
  }

  /** Until it is woken or `longestMs` have passed; true if it was woken. */
  private nap(sleepers: Set<() => void>, longestMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel();
        sleepers.delete(wake);
        resolve(true);
      };
      const cancel = this.options.environment.clock.after(longestMs, () => {
        sleepers.delete(wake);
        resolve(false);
      });
      sleepers.add(wake);
    });
  }
}

function wakeAll(sleepers: ReadonlySet<() => void>): void {
  for (const wake of [...sleepers]) wake();
}
