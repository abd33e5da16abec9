/**
 * Judges a history with the help of the indexes that every answer of the v2 API carries: a write's index says where it stands
 * in the order of all writes, and X-Etcd-Index says after which write a read took place. So nothing has to be searched for:
 * the order is put to the test against real time and against what each request saw.
 */
import { describeEvent, EventLog } from './eventLog';
import type { Operation, SeenEvent, Violation } from './history';
import { describeOperation } from './history';
import { checkRealTime } from './realTime';

export interface IndexHistory {
  readonly operations: readonly Operation[];
  /** What watches told, in any order, each as often as it was told. */
  readonly events: readonly SeenEvent[];
  /**
   * Up to this index `events` has every change there was; 0 if watches may have missed some. Then a write that was
   * acknowledged and told to nobody is lost, and a key disappears only if an event says so.
   */
  readonly completeUpTo: number;
}

/** Every contradiction in the history; none means it is linearizable in the order of the indexes. */
export function checkIndexes(history: IndexHistory): Violation[] {
  const violations: Violation[] = [];
  const log = new EventLog(violations);
  for (const event of history.events) log.add(event, 'a watch');
  for (const operation of history.operations) log.addAnswer(operation);
  log.sort();
  checkOrigins(history.operations, log, violations);
  checkComplete(history, violations);
  checkRealTime(history.operations, log, violations);
  const traceless = new Traceless(history, log);
  for (const operation of history.operations) {
    const text = contradictionOf(operation, log, traceless);
    if (text !== undefined) violations.push({ kind: text[0], text: `${describeOperation(operation)}: ${text[1]}` });
  }
  return violations;
}

/** Each value comes from a request, took effect once, and only if its request was not refused. */
function checkOrigins(operations: readonly Operation[], log: EventLog, violations: Violation[]): void {
  const writers = new Map<string, Operation>();
  for (const operation of operations) if ('value' in operation.action) writers.set(operation.action.value, operation);
  const firstIndexes = new Map<string, number>();
  for (const event of log.all()) {
    if (event.value === undefined) continue;
    const writer = writers.get(event.value);
    if (writer === undefined || !writesTo(writer, event.key)) {
      violations.push({ kind: 'phantom', text: `nobody wrote ${describeEvent(event)}` });
      continue;
    }
    const text = `${describeEvent(event)}, from ${describeOperation(writer)}`;
    if (writer.result.type === 'mismatch') violations.push({ kind: 'refused write took effect', text });
    const first = firstIndexes.get(event.value);
    if (first !== undefined) violations.push({ kind: 'carried out twice', text: `${text}, and before at ${first}` });
    firstIndexes.set(event.value, event.index);
  }
}

function writesTo({ action }: Operation, key: string): boolean {
  switch (action.type) {
    case 'set':
    case 'compareAndSwap':
      return action.key === key;
    case 'append':
      return key.startsWith(`${action.directory}/`);
    case 'delete':
    case 'read':
      return false;
  }
}

function checkComplete({ operations, events, completeUpTo }: IndexHistory, violations: Violation[]): void {
  if (completeUpTo === 0) return;
  const told = new Set(events.map(({ index }) => index));
  for (const operation of operations) {
    const { result } = operation;
    if (result.type !== 'written' || result.index > completeUpTo || told.has(result.index)) continue;
    violations.push({ kind: 'lost write', text: `${describeOperation(operation)}: no watch told of it` });
  }
}

/** What unanswered requests may have done without a trace in the log. With complete watches there is nothing of the kind. */
class Traceless {
  private readonly removals = new Set<string>();
  private readonly values = new Set<string>();

  constructor({ operations, completeUpTo }: IndexHistory, log: EventLog) {
    if (completeUpTo > 0) return;
    const seen = new Set(log.all().map(({ value }) => value));
    for (const { action, result } of operations) {
      if (result.type !== 'unknown') continue;
      if (action.type === 'delete') this.removals.add(action.key);
      if ('value' in action && 'key' in action && !seen.has(action.value))
        this.values.add(`${action.key} ${action.value}`);
    }
  }

  /** Whether the key may have been so, at some time, although the log does not say it. */
  explains(key: string, value: string | undefined): boolean {
    return value === undefined ? this.removals.has(key) : this.values.has(`${key} ${value}`);
  }
}

/** What the operation saw that the log does not bear out: kind and text. */
function contradictionOf(
  operation: Operation,
  log: EventLog,
  traceless: Traceless,
): readonly [kind: string, text: string] | undefined {
  const { action, result } = operation;
  switch (result.type) {
    case 'unknown':
      return undefined;
    case 'seen': {
      if (action.type !== 'read') return ['nonsense', 'a write was answered like a read'];
      const latest = log.latest(action.key, result.index);
      if (isVersion(latest, result.version) || traceless.explains(action.key, result.version?.value)) return undefined;
      return ['wrong read', `at ${result.index} it was ${describe(latest)}`];
    }
    case 'mismatch': {
      if (!('key' in action)) return ['nonsense', 'a POST has nothing to compare'];
      const latest = log.latest(action.key, result.index);
      if (latest?.value !== result.actual && !traceless.explains(action.key, result.actual)) {
        return ['wrong refusal', `at ${result.index} it was ${describe(latest)}`];
      }
      const wanted = action.type === 'compareAndSwap' ? action.expected : undefined;
      if (action.type !== 'delete' && result.actual === wanted) return ['wrong refusal', 'there was nothing to refuse'];
      return undefined;
    }
    case 'written': {
      const before = log.latest(result.key, result.index - 1);
      const { previous } = result;
      const expected = action.type === 'compareAndSwap' ? action.expected : before?.value;
      if (before?.value !== expected && !traceless.explains(result.key, expected)) {
        return ['wrong swap', `before ${result.index} it was ${describe(before)}`];
      }
      if (previous === undefined || isVersion(before, previous ?? undefined)) return undefined;
      if (traceless.explains(result.key, previous?.value)) return undefined;
      return ['wrong previous value', `before ${result.index} it was ${describe(before)}`];
    }
  }
}

function isVersion(
  event: SeenEvent | undefined,
  version: { value: string; modifiedIndex: number } | undefined,
): boolean {
  if (version === undefined) return event?.value === undefined;
  return event?.value === version.value && event.index === version.modifiedIndex;
}

function describe(event: SeenEvent | undefined): string {
  return event === undefined ? 'never written' : describeEvent(event);
}
