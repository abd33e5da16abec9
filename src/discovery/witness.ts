/** What one data directory knows of the founders: its own incarnation, and the first one it heard of each of the others. */
import { randomBytes } from 'node:crypto';
import { clusterIdOf } from '../member/identity';
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
      readonly founders: readonly string[];
    }
  | {
      readonly kind: 'running';
      readonly clusterId: string;
      readonly memberId: string;
      readonly members: readonly { readonly id: string; readonly name: string }[];
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

  constructor(
    private readonly notes: WitnessNotes,
    private readonly draw: () => string = () => randomBytes(INCARNATION_BYTES).toString('hex'),
  ) {}

  /** From here on it answers as this; undefined: it cannot say yet. */
  answersAs(view: () => WitnessView | undefined): void {
    this.view = view;
  }

  /** That of this data directory; durable when it resolves. */
  incarnation(): Promise<string> {
    return this.inTurn(async () => (await this.load()).incarnation);
  }

  /** Keeps the incarnation of a founder unless one is kept already. Resolves, when that is durable, with what is kept. */
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

  /** Undefined: it cannot say yet. What it says is durable. */
  async answer(question: FoundersQuestion): Promise<FoundersAnswer | undefined> {
    const view = this.view();
    if (view === undefined) return undefined;
    const { clusterId, memberId } = view;
    if (question.clusterId !== clusterId) return { kind: 'stranger', clusterId };
    const running = view.kind === 'running';
    const ids = running ? view.members.map(({ id }) => id) : view.founders;
    const isListed = ids.includes(question.memberId);
    // Only members are kept, so that strangers cannot fill the note.
    if (!isListed && !running) return undefined;
    const known = isListed ? await this.keep(question.memberId, question.incarnation, !running) : undefined;
    return {
      kind: 'witness',
      memberId,
      incarnation: await this.incarnation(),
      running,
      knows: knowledgeOf(known, question.incarnation),
      started: running && view.members.some(({ id, name }) => id === question.memberId && name !== ''),
      changed: running && clusterIdOf(ids) !== clusterId,
    };
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

/** @param known undefined: the one that asks is no member any more, so nothing of it is kept */
function knowledgeOf(known: KnownFounder | undefined, incarnation: string): WitnessAnswer['knows'] {
  if (known === undefined) return 'late';
  if (known.incarnation !== incarnation) return 'other';
  return known.early ? 'early' : 'late';
}
