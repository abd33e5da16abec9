/**
 * What the stored log looks like, without its data: where it starts and ends, its terms and its configurations. Small: one
 * item for each change of term or configuration.
 */
import type { Configuration, Entry, LogStart } from '../raft/types';

interface TermRun {
  readonly firstIndex: number;
  readonly term: number;
}

interface ConfigurationAt {
  readonly index: number;
  readonly configuration: Configuration;
}

export class LogShape {
  #start: LogStart;
  #lastIndex: number;
  #terms: TermRun[] = [];
  #configurations: ConfigurationAt[] = [];

  constructor(start: LogStart) {
    this.#start = start;
    this.#lastIndex = start.index;
  }

  get start(): LogStart {
    return this.#start;
  }

  get lastIndex(): number {
    return this.#lastIndex;
  }

  /** Adds an entry; those at and after its index are gone. Throws if it would leave a hole or lies before the start. */
  append(entry: Entry): void {
    if (entry.index <= this.#start.index || entry.index > this.#lastIndex + 1) {
      throw new RangeError(`entry ${entry.index} does not fit a log of ${this.#start.index + 1} to ${this.#lastIndex}`);
    }
    this.#terms = dropFrom(this.#terms, (run) => run.firstIndex >= entry.index);
    this.#configurations = dropFrom(this.#configurations, (each) => each.index >= entry.index);
    if (entry.term !== (this.#terms.at(-1)?.term ?? this.#start.term)) {
      this.#terms.push({ firstIndex: entry.index, term: entry.term });
    }
    if (entry.kind === 'configuration') {
      this.#configurations.push({ index: entry.index, configuration: entry.configuration });
    }
    this.#lastIndex = entry.index;
  }

  /** Term and configuration at an index from the start to the last entry. Throws RangeError outside. */
  positionAt(index: number): LogStart {
    if (index < this.#start.index || index > this.#lastIndex) {
      throw new RangeError(`index ${index} is outside a log of ${this.#start.index} to ${this.#lastIndex}`);
    }
    return {
      index,
      term: this.#terms.findLast((run) => run.firstIndex <= index)?.term ?? this.#start.term,
      configuration:
        this.#configurations.findLast((each) => each.index <= index)?.configuration ?? this.#start.configuration,
    };
  }

  /** Moves the start forward, to an index the log holds. */
  compactTo(index: number): void {
    this.#start = this.positionAt(index);
    // A run that began before the new start goes on from there under the start's own term.
    this.#terms = this.#terms.filter((run) => run.firstIndex > index);
    this.#configurations = this.#configurations.filter((each) => each.index > index);
  }
}

/** The items before the first that matches; the same array if none does. */
function dropFrom<T>(items: T[], matches: (item: T) => boolean): T[] {
  const last = items.at(-1);
  if (last === undefined || !matches(last)) return items;
  return items.slice(0, items.findIndex(matches));
}
