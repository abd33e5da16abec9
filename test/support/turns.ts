/** How many turns the event loop makes: whoever works a slice in a turn leaves others their time. */
export interface Turns {
  /** Those that were begun since it was asked for. */
  readonly count: number;
  end(): void;
}

export function countTurns(): Turns {
  let count = 0;
  let isOver = false;
  const turn = (): void => {
    count += 1;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  return {
    get count() {
      return count;
    },
    end: () => {
      isOver = true;
    },
  };
}

/** The turns while it is done. Rejects as it does. */
export async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  const turns = countTurns();
  try {
    await work();
    return turns.count;
  } finally {
    turns.end();
  }
}
