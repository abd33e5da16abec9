import { newReport } from '../../../bench/report/report';
import type { RunReport } from '../../../bench/report/report';
import { rowWith } from '../rows';

/** A run of two groups; etcd had no part in the second. */
export function sampleReport(more: Partial<RunReport> = {}): RunReport {
  return {
    ...newReport({
      date: '2030-01-02',
      quick: false,
      rounds: 3,
      secondsPerMeasurement: 4,
      surroundings: {
        processor: 'Some Processor 9000',
        cores: 2,
        memoryGib: 8,
        kernel: 'Linux 6.1.0',
        dataInMemory: false,
        versions: ['Cairn 1.2.3', 'etcd 3.4.23', 'Node.js 20.19.0'],
      },
      groups: [
        { name: 'put', title: 'Writes' },
        { name: 'start', title: 'Idle' },
      ],
      rows: [
        rowWith(
          [{ requestsPerSecond: 12_000, p99Ms: 4 }],
          [{ requestsPerSecond: 10_000, p99Ms: 2 }],
          [
            { metric: 'requestsPerSecond', ratio: 1.1 },
            { metric: 'p99Ms', ratio: 1 },
          ],
          { title: 'PUT, 64 connections' },
        ),
        rowWith([{ startMs: 321 }], [], [], { group: 'start', title: 'Start' }),
      ],
      failures: [],
    }),
    ...more,
  };
}
