import { shareDescriptors, TooFewDescriptorsError } from '../../src/limits/descriptors';

test.each([192, 256, 384, 1024, 4096, 65_536, 1_048_576])(
  'with %d descriptors nobody takes what belongs to another',
  (limit) => {
    const { tableFiles, served, waiting, monitoring, strangers, handshakes } = shareDescriptors(limit);
    const others = tableFiles + served + waiting + monitoring.served + monitoring.waiting + strangers + handshakes;
    const rest = limit - others;
    // What the process itself and its links have open.
    expect(rest).toBeGreaterThanOrEqual(72);
    expect(rest).toBeLessThanOrEqual(128);
    expect(tableFiles).toBeGreaterThanOrEqual(48);
    expect(served).toBeGreaterThanOrEqual(14);
    expect(waiting).toBeGreaterThanOrEqual(2);
    expect(monitoring.served).toBeGreaterThanOrEqual(12);
    expect([strangers >= 24, strangers <= 256, handshakes >= 16, handshakes <= 1000]).toEqual([true, true, true, true]);
  },
);

test('the usual limit serves some hundred clients, a large one nearly as many as there are descriptors', () => {
  expect(shareDescriptors(1024)).toEqual({
    limit: 1024,
    tableFiles: 256,
    served: 448,
    waiting: 64,
    monitoring: { served: 24, waiting: 8 },
    strangers: 64,
    handshakes: 32,
  });
  expect(shareDescriptors(1_048_576).served).toBe(1_048_576 - 128 - 256 - 256 - 1024 - 256 - 1000);
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
