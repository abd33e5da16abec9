import { Collector } from '../../bench/collector';

test('samples of a row come together from all rounds, rows stay in the order they were first seen', () => {
  const collector = new Collector();
  const [one, other] = [
    { title: 'one', floors: [{ metric: 'worstMs', ratio: 0.5 } as const] },
    { title: 'other', floors: [] },
  ];
  collector.add('put', 'cairn', one, { worstMs: 1 });
  collector.add('put', 'cairn', other, { worstMs: 2 });
  collector.add('put', 'etcd', one, { worstMs: 3 });
  collector.add('put', 'cairn', one, { worstMs: 4 });
  expect(collector.measuredRows()).toEqual([
    { group: 'put', ...one, samples: { cairn: [{ worstMs: 1 }, { worstMs: 4 }], etcd: [{ worstMs: 3 }] } },
    { group: 'put', ...other, samples: { cairn: [{ worstMs: 2 }], etcd: [] } },
  ]);
});
