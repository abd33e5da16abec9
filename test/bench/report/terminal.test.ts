import { summaryOf, terminalReport } from '../../../bench/report/terminal';
import { sampleReport } from './report';

test('columns are aligned below the title of their row', () => {
  expect(terminalReport(sampleReport()).split('\n')).toEqual([
    '',
    '== Writes ==',
    '',
    'PUT, 64 connections',
    '               Cairn    etcd  Cairn/etcd   floor',
    '  requests/s  12,000  10,000        1.20  ≥ 1.10               ok',
    '  p99, ms       4.00    2.00        2.00  ≤ 1.00  under the floor',
    '',
    '== Idle ==',
    '',
    'Start',
    '                                Cairn  etcd  Cairn/etcd  floor',
    '  from start until healthy, ms    321',
    '',
    '1 of 2 floors hold.',
    '',
  ]);
});

test('a group that was not finished is named with the reason', () => {
  const report = sampleReport({ rows: [], failures: [{ group: 'watch', program: 'etcd', reason: 'it ended' }] });
  expect(terminalReport(report)).toContain('watch: not finished with etcd: it ended');
});

test('without etcd nothing is judged', () => {
  expect(summaryOf(sampleReport().rows.slice(1))).toBe('Nothing was compared.');
});
