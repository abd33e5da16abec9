/** Whether a part of the sequence still shows the difference. */
export type StillFails<T> = (items: readonly T[]) => Promise<boolean>;

/**
 * The shortest part of a failing sequence that is found by leaving out halves, quarters, and so on down to single items, as
 * delta debugging does. At most `mostTrials` parts are tried.
 */
export async function shrink<T>(items: readonly T[], stillFails: StillFails<T>, mostTrials: number): Promise<T[]> {
  let current = [...items];
  let trials = 0;
  let size = Math.ceil(current.length / 2);
  while (size >= 1 && current.length > 1) {
    let shorter = false;
    for (let start = 0; start < current.length && trials < mostTrials;) {
      const rest = [...current.slice(0, start), ...current.slice(start + size)];
      trials += 1;
      if (rest.length > 0 && (await stillFails(rest))) {
        current = rest;
        shorter = true;
      } else {
        start += size;
      }
    }
    if (trials >= mostTrials || (size === 1 && !shorter)) break;
    if (!shorter) size = Math.floor(size / 2);
  }
  return current;
}

/** Replaces single items by simpler ones as long as the sequence still fails. */
export async function simplify<T>(
  items: readonly T[],
  simpler: (item: T) => readonly T[],
  stillFails: StillFails<T>,
  mostTrials: number,
): Promise<T[]> {
  let current = [...items];
  let trials = 0;
  for (let position = 0; position < current.length; position += 1) {
    let changed = true;
    while (changed) {
      changed = false;
      const item = current[position];
      for (const candidate of item === undefined ? [] : simpler(item)) {
        if (trials >= mostTrials) return current;
        trials += 1;
        const attempt = current.map((each, index) => (index === position ? candidate : each));
        if (await stillFails(attempt)) {
          current = attempt;
          changed = true;
          break;
        }
      }
    }
  }
  return current;
}
