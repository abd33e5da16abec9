import { performanceDocs } from '../../../bench/report/docs';
import { sampleReport } from './report';

test('the page names date, machine and versions', () => {
  const page = performanceDocs(sampleReport());
  expect(page).toContain('Measured on 2030-01-02: Some Processor 9000, 2 cores, 8 GiB of memory, Linux 6.1.0.');
  expect(page).toContain('Programs: Cairn 1.2.3, etcd 3.4.23, Node.js 20.19.0.');
  expect(page).toContain('Medians of up to 3 rounds in turns of the two programs, 4 s a steady measurement.');
  expect(page).toContain('1 of 2 floors hold.');
});

test('each group is a table, with the title of a row on its first line only', () => {
  const lines = performanceDocs(sampleReport()).split('\n');
  const begin = lines.indexOf('## Writes');
  expect(lines.slice(begin, begin + 7)).toEqual([
    '## Writes',
    '',
    '| Row | Measure | Cairn | etcd | Cairn/etcd | Floor |  |',
    '| --- | --- | ---: | ---: | ---: | ---: | --- |',
    '| PUT, 64 connections | requests/s | 12,000 | 10,000 | 1.20 | ≥ 1.10 | ok |',
    '|  | p99, ms | 4.00 | 2.00 | 2.00 | ≤ 1.00 | under the floor |',
    '',
  ]);
});

test('groups without rows are left out', () => {
  expect(performanceDocs(sampleReport({ rows: [] }))).not.toContain('## Writes');
});

test('what takes force from the numbers is said', () => {
  const { surroundings } = sampleReport();
  expect(performanceDocs(sampleReport())).not.toMatch(/prove/);
  expect(performanceDocs(sampleReport({ quick: true }))).toContain('A quick run');
  expect(performanceDocs(sampleReport({ surroundings: { ...surroundings, dataInMemory: true } }))).toContain(
    'The data lay in memory',
  );
});

test('what was not finished is listed', () => {
  const page = performanceDocs(sampleReport({ failures: [{ group: 'most', program: 'etcd', reason: 'too slow' }] }));
  expect(page).toContain('## Not finished');
  expect(page).toContain('- `most` with etcd: too slow');
});
