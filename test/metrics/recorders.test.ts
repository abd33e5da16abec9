import { Recorders } from '../../src/metrics/recorders';

function recorders(): { readonly recorded: Recorders; readonly pass: (ms: number) => void } {
  let nowMs = 0;
  const recorded = new Recorders(() => nowMs);
  return { recorded, pass: (ms) => (nowMs += ms) };
}

test('a batch counts as log, as rows, or as both', () => {
  const { recorded } = recorders();
  recorded.batchWritten(1, true, false);
  recorded.batchWritten(2, true, true);
  recorded.batchWritten(4, false, true);
  expect([recorded.logSync.sum, recorded.rowWrite.sum]).toEqual([0.003, 0.006]);
});

test('slow applies are those above 100 ms', () => {
  const { recorded } = recorders();
  for (const elapsedMs of [1, 100, 100.1, 500]) recorded.applied(elapsedMs);
  expect(recorded.slowApplies).toBe(2);
  expect(recorded.apply.countUpTo(Infinity)).toBe(4);
});

test('a state on its way is counted, and then how it ended', () => {
  const { recorded, pass } = recorders();
  const good = recorded.sendingState('b');
  const bad = recorded.sendingState('b');
  expect(recorded.sent.counts.get('b')).toEqual({ underWay: 2, succeeded: 0, failed: 0 });
  pass(3000);
  good(true);
  bad(false);
  expect(recorded.sent.counts.get('b')).toEqual({ underWay: 0, succeeded: 1, failed: 1 });
  expect(recorded.sent.durations.of('b').sum).toBe(3);
  expect(recorded.stateExport.countUpTo(Infinity)).toBe(1);
});

test('a request of a kind that does not exist is a mistake of the program', () => {
  const { recorded } = recorders();
  expect(() => recorded.keyRequest('PATCH', 'set')).toThrow('PATCH');
  expect(recorded.keyRequest('PUT', 'set')).toBe(recorded.keyRequest('PUT', 'set'));
});
