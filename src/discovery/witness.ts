/** What one data directory knows of the founders: its own incarnation, and the first one it heard of each of the others. */
import { randomBytes } from 'node:crypto';
import { clusterIdOf } from '../member/identity';
import { AskBack, type AskName, type FounderName } from './askBack';
import type { WitnessAnswer } from './foundingRule';

/** A founder that asks the others whether it may found the cluster. */
export interface FoundersQuestion {
  readonly clusterId: string;
  readonly memberId: string;
  readonly incarnation: string;
}

export type FoundersAnswer =
  /** Another cluster's. */
  { readonly kind: 'stranger'; readonly clusterId: string } | ({ readonly kind: 'witness' } & WitnessAnswer);

/** What is stored; see storage/witnessNote.ts. */
export interface WitnessNote {
  readonly incarnation: string;
  /** By the founder's id. */
  readonly known: ReadonlyMap<string, KnownFounder>;
}

export interface KnownFounder {
  readonly incarnation: string;
  /** Heard of while this directory had no state. */
  readonly early: boolean;
}

export interface WitnessNotes {
  read(): Promise<WitnessNote | undefined>;
  /** Durable when it resolves. */
  write(note: WitnessNote): Promise<void>;
}

/** Who this process is while it begins, or once it runs. */
export type WitnessView =
  | {
      readonly kind: 'beginning';
      readonly clusterId: string;
      readonly memberId: string;
      readonly founders: readonly { readonly id: string; readonly peerURLs: readonly string[] }[];
    }
  | {
      readonly kind: 'running';
      readonly clusterId: string;
      readonly memberId: string;
      readonly members: readonly { readonly id: string; readonly name: string; readonly peerURLs: readonly string[] }[];
    };

const INCARNATION_BYTES = 16;

/** Everything rejects as its notes do. */
export class Witness {
  /** Called when a founder was heard of that was not known before: it may be worth asking now. */
  onNews: () => void = () => undefined;
  private view: () => WitnessView | undefined = () => undefined;
  /** One reads and writes at a time. */
  private turn: Promise<unknown> = Promise.resolve();
  private note: WitnessNote | undefined;
  private readonly askBack: AskBack;

  /** @param askName asks the member behind a peer URL for its incarnation */
  constructor(
    private readonly notes: WitnessNotes,
    askName: AskName,
    private readonly draw: () => string = () => randomBytes(INCARNATION_BYTES).toString('hex'),
  ) {
    this.askBack = new AskBack(askName);
  }

  /** From here on it answers as this; undefined: it cannot say yet. */
  answersAs(view: () => WitnessView | undefined): void {
    this.view = view;
  }

  /** That of this data directory; durable when it resolves. */
  incarnation(): Promise<string> {
    return this.inTurn(async () => (await this.load()).incarnation);
  }

  /** The answer to a plain question, which needs no answer in turn; undefined: it cannot say yet. */
  async name(): Promise<FounderName | undefined> {
    const view = this.view();
    if (view === undefined) return undefined;
    return { clusterId: view.clusterId, memberId: view.memberId, incarnation: await this.incarnation() };
  }

  /**
   * Keeps the incarnation that a founder named at its own peer URL, unless one is kept already. Resolves, when that is durable, with
   * what is kept.
   */
  keep(memberId: string, incarnation: string, early: boolean): Promise<KnownFounder> {
    return this.inTurn(async () => {
      const note = await this.load();
      const known = note.known.get(memberId);
      if (known !== undefined) return known;
      const kept = { incarnation, early };
      await this.save({ ...note, known: new Map([...note.known, [memberId, kept]]) });
      this.onNews();
      return kept;
    });
  }

  /** Undefined: it cannot say yet, or the founder did not say so itself when it was asked. What it says is durable. */
  async answer(question: FoundersQuestion): Promise<FoundersAnswer | undefined> {
    const view = this.view();
    if (view === undefined) return undefined;
    const { clusterId, memberId } = view;
    if (question.clusterId !== clusterId) return { kind: 'stranger', clusterId };
    const running = view.kind === 'running';
    const listed: readonly { readonly id: string; readonly peerURLs: readonly string[] }[] = running
      ? view.members
      : view.founders;
    const ids = listed.map(({ id }) => id);
    const founder = listed.find(({ id }) => id === question.memberId);
    const started = running && view.members.some(({ id, name }) => id === question.memberId && name !== '');
    // Only members are kept, so that strangers cannot fill the note.
    if (founder === undefined && !running) return undefined;
    // The one that asks was there before this directory had a state, whenever it confirms that.
    const known = founder === undefined ? undefined : await this.knownOrConfirmed(question, founder.peerURLs, !running);
    // Whoever was started before has to come back in any case.
    if (founder !== undefined && known === undefined && !started) return undefined;
    return {
      kind: 'witness',
      memberId,
      incarnation: await this.incarnation(),
      running,
      knows: knowledgeOf(known, question.incarnation),
      started,
      changed: running && clusterIdOf(ids) !== clusterId,
    };
  }

  /** A question is only a claim: it is kept once the founder says the same at a URL that is known to be its own. */
  private async knownOrConfirmed(
    question: FoundersQuestion,
    peerURLs: readonly string[],
    early: boolean,
  ): Promise<KnownFounder | undefined> {
    const { memberId, incarnation } = question;
    const known = await this.inTurn(async () => (await this.load()).known.get(memberId));
    if (known !== undefined) return known;
    const isConfirmed = await this.askBack.confirms(question, peerURLs);
    return isConfirmed ? this.keep(memberId, incarnation, early) : undefined;
  }

  private inTurn<T>(action: () => Promise<T>): Promise<T> {
    const done = this.turn.then(action);
    this.turn = done.catch(() => undefined);
    return done;
  }

  private async load(): Promise<WitnessNote> {
    this.note ??= await this.notes.read();
    return this.note ?? this.save({ incarnation: this.draw(), known: new Map() });
  }

  private async save(note: WitnessNote): Promise<WitnessNote> {
    await this.notes.write(note);
    this.note = note;
    return note;
  }
}

/** @param known undefined: nothing of the one that asks is kept, as it is no member any more, or was started before */
function knowledgeOf(known: KnownFounder | undefined, incarnation: string): WitnessAnswer['knows'] {
  if (known === undefined) return 'late';
  if (known.incarnation !== incarnation) return 'other';
  return known.early ? 'early' : 'late';
}
