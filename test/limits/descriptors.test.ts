import { shareDescriptors, TooFewDescriptorsError } from '../../src/limits/descriptors';

test.each([192, 256, 1024, 65_536, 1_048_576])('with %d descriptors nobody takes what belongs to another', (limit) => {
  const { tableFiles, served, waiting } = shareDescriptors(limit);
  expect(tableFiles + served + waiting + 128).toBe(limit);
  expect(tableFiles).toBeGreaterThanOrEqual(48);
  expect(served).toBeGreaterThanOrEqual(14);
  expect(waiting).toBeGreaterThanOrEqual(2);
});

test('the usual limit serves some hundred clients, a large one nearly as many as there are descriptors', () => {
  expect(shareDescriptors(1024)).toEqual({ limit: 1024, tableFiles: 256, served: 560, waiting: 80 });
  expect(shareDescriptors(1_048_576).served).toBe(1_048_576 - 128 - 256 - 256);
});

test('too few are refused with what to do', () => {
  expect(() => shareDescriptors(191)).toThrow(TooFewDescriptorsError);
  expect(() => shareDescriptors(100)).toThrow(
    /only 100 files and connections.*at least 192; raise the limit \(`ulimit -n`/,
  );
});

test('where the system says nothing the usual limit is assumed', () => {
  expect(shareDescriptors(0)).toEqual(shareDescriptors(1024));
});
