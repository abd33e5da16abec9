/** Turns what a run recorded into violations. */
import { checkIndexes } from '../../linearizability/indexChecker';
import type { Operation, SeenEvent } from '../../linearizability/history';
import { describeOperation } from '../../linearizability/history';
import { checkRegister } from '../../linearizability/registerChecker';
import { QUEUE, SHORT_LIVED } from './clients';
import type { Record, Told } from './record';

/** @param completeUpTo every change below the chaos directory up to this index was told to some watcher */
export function judge(record: Record, told: readonly Told[], completeUpTo: number): void {
  const events = told.flatMap((watcher) => watcher.events);
  record.violations.push(...checkIndexes({ operations: record.operations, events, completeUpTo }));
  judgeRegisters(record);
  const known = knownEvents(record.operations, events);
  for (const watcher of told) judgeWatcher(record, watcher, known);
}

/**
 * By values and times alone, key by key. Keys with a TTL change without a request, and those of the queue are named by the
 * server: both are left to the index checker.
 */
function judgeRegisters(record: Record): void {
  const byKey = new Map<string, Operation[]>();
  for (const operation of record.operations) {
    const { action } = operation;
    if (!('key' in action) || action.key.startsWith(SHORT_LIVED) || action.key.startsWith(QUEUE)) continue;
    const list = byKey.get(action.key);
    if (list === undefined) byKey.set(action.key, [operation]);
    else list.push(operation);
  }
  let decided = 0;
  for (const [key, operations] of byKey) {
    const verdict = checkRegister(operations);
    record.count(`registers ${verdict}`);
    if (verdict !== 'undecided') decided++;
    if (verdict !== 'notLinearizable') continue;
    const lines = operations.map((operation) => `  ${describeOperation(operation)}`);
    record.violation('not linearizable', `${key}:\n${lines.join('\n')}`);
  }
  // A checker that says nothing has not found that all is well.
  if (decided * 2 <= byKey.size) record.violation('too little was decided', `${decided} of ${byKey.size} registers`);
}

function knownEvents(operations: readonly Operation[], events: readonly SeenEvent[]): ReadonlyMap<number, SeenEvent> {
  const known = new Map<number, SeenEvent>();
  for (const event of events) known.set(event.index, event);
  for (const { action, result } of operations) {
    if (result.type !== 'written') continue;
    known.set(result.index, {
      index: result.index,
      key: result.key,
      value: 'value' in action ? action.value : undefined,
    });
  }
  return known;
}

/** Every change below its path, from where it began to where it got: none left out, none twice, each in its place. */
function judgeWatcher(record: Record, told: Told, known: ReadonlyMap<number, SeenEvent>): void {
  const last = told.events.at(-1)?.index ?? 0;
  const expected = [...known.values()]
    .filter(({ key, index }) => key.startsWith(`${told.path}/`) && index >= told.fromIndex && index <= last)
    .sort((a, b) => a.index - b.index);
  const seen = new Set(told.events.map(({ index }) => index));
  const missing = expected.filter(({ index }) => !seen.has(index));
  if (missing.length === 0) return;
  const examples = missing.slice(0, 3).map(({ index, key }) => `${key} at ${index}`);
  record.violation('gap in a watch', `${told.watcher} missed ${missing.length}: ${examples.join(', ')}`);
}
