/**
 * The search of Wing and Gong, with Lowe's memory of configurations, for one key: is there an order of the operations that
 * respects real time and in which each sees what it saw? It looks at values and times only, never at indexes, so it and the
 * index checker do not share a mistake.
 */
import type { Operation } from './history';

/** `undecided`: the search was given up after `stepsMax` steps. */
export type RegisterVerdict = 'linearizable' | 'notLinearizable' | 'undecided';

type State = string | undefined;

interface Item {
  readonly operation: Operation;
  readonly isOpen: boolean;
}

/** A point in the search: what is placed, the state after it, and which candidate comes next. */
interface Frame {
  readonly placed: number;
  readonly state: State;
  nextCandidate: number;
  readonly candidates: readonly number[];
}

/** @param operations of one key, in any order; the key does not exist at first unless `initial` is given */
export function checkRegister(operations: readonly Operation[], stepsMax = 200_000, initial?: string): RegisterVerdict {
  return new Search(operations, stepsMax).run(initial);
}

class Search {
  private readonly items: readonly Item[];
  private readonly isPlaced: boolean[];
  private readonly visited = new Set<string>();
  private closedLeft: number;
  private steps = 0;

  constructor(
    operations: readonly Operation[],
    private readonly stepsMax: number,
  ) {
    this.items = operations
      .filter(({ action, result }) => !(action.type === 'read' && (result.type === 'unknown' || !action.linearizable)))
      .map((operation) => ({ operation, isOpen: operation.result.type === 'unknown' }))
      .sort((a, b) => a.operation.startMs - b.operation.startMs);
    this.isPlaced = this.items.map(() => false);
    this.closedLeft = this.items.filter(({ isOpen }) => !isOpen).length;
  }

  run(initial: State): RegisterVerdict {
    const stack: Frame[] = [this.frame(-1, initial)];
    for (;;) {
      // Open operations need not take effect, so they do not have to be placed.
      if (this.closedLeft === 0) return 'linearizable';
      const top = stack.at(-1);
      if (top === undefined) return 'notLinearizable';
      if (++this.steps > this.stepsMax) return 'undecided';
      const candidate = top.candidates[top.nextCandidate++];
      if (candidate === undefined) {
        stack.pop();
        if (top.placed >= 0) this.mark(top.placed, false);
        continue;
      }
      const outcome = this.tryToPlace(candidate, top.state);
      if (outcome !== undefined) stack.push(this.frame(candidate, outcome.state));
    }
  }

  /** The state after the candidate, which is placed then; undefined if it does not fit or leads to a known dead end. */
  private tryToPlace(position: number, state: State): { readonly state: State } | undefined {
    const item = this.items[position];
    const outcome = item === undefined ? undefined : applied(item.operation, state);
    if (outcome === undefined) return undefined;
    this.mark(position, true);
    const configuration = this.configuration(outcome.state);
    if (this.visited.has(configuration)) {
      this.mark(position, false);
      return undefined;
    }
    this.visited.add(configuration);
    return outcome;
  }

  private mark(position: number, placed: boolean): void {
    this.isPlaced[position] = placed;
    if (this.items[position]?.isOpen === false) this.closedLeft += placed ? -1 : 1;
  }

  /** What may come next: everything that began before the first of the others ended. Open ones come last. */
  private frame(placed: number, state: State): Frame {
    let firstEndMs = Number.POSITIVE_INFINITY;
    const closed: number[] = [];
    const open: number[] = [];
    for (const [position, { operation, isOpen }] of this.items.entries()) {
      if (operation.startMs > firstEndMs) break;
      if (this.isPlaced[position] === true) continue;
      firstEndMs = Math.min(firstEndMs, operation.endMs);
      (isOpen ? open : closed).push(position);
    }
    const began = (position: number): boolean => (this.items[position]?.operation.startMs ?? 0) <= firstEndMs;
    return { placed, state, nextCandidate: 0, candidates: [...closed.filter(began), ...open.filter(began)] };
  }

  /** Short because nearly everything before the first unplaced closed operation is placed. */
  private configuration(state: State): string {
    const low = this.items.findIndex(({ isOpen }, position) => !isOpen && this.isPlaced[position] !== true);
    const beyond: number[] = [];
    for (const [position, { isOpen }] of this.items.entries()) {
      if (this.isPlaced[position] === true && (isOpen || (low >= 0 && position > low))) beyond.push(position);
    }
    return `${low}:${beyond.join(',')}:${state === undefined ? '-' : `=${state}`}`;
  }
}

/** The register's rules: the state afterwards, or undefined if the operation could not have seen what it saw. */
function applied({ action, result }: Operation, state: State): { readonly state: State } | undefined {
  if (result.type === 'written' && result.previous !== undefined && state !== result.previous?.value) return undefined;
  switch (action.type) {
    case 'read':
      return result.type === 'seen' && result.version?.value === state ? { state } : undefined;
    case 'set':
      return result.type === 'mismatch' ? undefined : { state: action.value };
    case 'append':
      return undefined;
    case 'compareAndSwap':
      if (result.type === 'mismatch')
        return result.actual === state && state !== action.expected ? { state } : undefined;
      if (state === action.expected) return { state: action.value };
      return result.type === 'unknown' ? { state } : undefined;
    case 'delete':
      if (result.type === 'mismatch') return state === undefined ? { state } : undefined;
      if (state !== undefined) return { state: undefined };
      return result.type === 'unknown' ? { state } : undefined;
  }
}
