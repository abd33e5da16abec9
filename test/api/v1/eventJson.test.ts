import { changePieces, watchedPieces } from '../../../src/api/v1/eventJson';
import { event, node } from '../fakeMember';

const LONG = '<x>'.repeat(100_000);

/** Counts how often its value is looked at. */
function counted(value: string): { readonly seen: ReturnType<typeof event>; readonly reads: () => number } {
  let reads = 0;
  const counting = Object.defineProperty(node({ key: '/a', modifiedIndex: 7 }), 'value', {
    get: () => {
      reads += 1;
      return value;
    },
  });
  return { seen: event({ action: 'set', node: counting }), reads: () => reads };
}

test.each(['short', LONG])('all who watch get the text of %.8s, which is made once', (value) => {
  const { seen, reads } = counted(value);
  const first = watchedPieces(seen);
  const begin = first.next().value;
  const second = [...watchedPieces(seen)].join('');
  const made = reads();
  const texts = [[begin, ...first].join(''), second, [...watchedPieces(seen)].join('')];
  // Only whether it is long is asked again.
  expect(reads() - made).toBeLessThanOrEqual(1);
  const whole = [...changePieces(event({ action: 'set', node: node({ key: '/a', value, modifiedIndex: 7 }) }))].join(
    '',
  );
  expect(texts).toEqual([whole, whole, whole]);
});

test('a long text waits for its turn before it is made', () => {
  const { seen, reads } = counted(LONG);
  expect(watchedPieces(seen).next().value).toBe('');
  expect(reads()).toBeLessThanOrEqual(3);
  expect(watchedPieces(counted('short').seen).next().value).toContain('"value":"short"');
});
