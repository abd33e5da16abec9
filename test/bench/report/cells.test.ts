import { cellsOf, numberText } from '../../../bench/report/cells';
import { rowWith } from '../rows';

test.each([
  [undefined, ''],
  [0, '0'],
  [0.12345, '0.123'],
  [1.239, '1.24'],
  [12.34, '12.3'],
  [123.4, '123'],
  [1234567.8, '1,234,568'],
  [-12.34, '-12.3'],
])('%p is shown as "%s"', (value, text) => {
  expect(numberText(value)).toBe(text);
});

test('a line has the two medians, their ratio, the floor and the verdict', () => {
  const floors = [
    { metric: 'requestsPerSecond', ratio: 1.1 },
    { metric: 'cpuSecondsPer10k', ratio: 0.9 },
  ] as const;
  const cairn = { requestsPerSecond: 1500, cpuSecondsPer10k: 1, residentMib: 90 };
  const etcd = { requestsPerSecond: 1000, cpuSecondsPer10k: 1, residentMib: 45 };
  expect(cellsOf(rowWith([cairn], [etcd], floors))).toEqual([
    ['requests/s', '1,500', '1,000', '1.50', '≥ 1.10', 'ok'],
    ['server CPU, s per 10,000 requests', '1.00', '1.00', '1.00', '≤ 0.90', 'under the floor'],
    ['resident memory of all members, MiB', '90.0', '45.0', '2.00', '', ''],
  ]);
});
