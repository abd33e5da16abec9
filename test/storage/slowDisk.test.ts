import { SlowDisk } from '../../src/storage/slowDisk';

let nowMs: number;
let lines: string[];
let passedOn: unknown[][];

beforeEach(() => {
  nowMs = 1_000_000;
  lines = [];
  passedOn = [];
});

function make(heartbeatIntervalMs = 100): SlowDisk {
  const inner = {
    nowMs: () => nowMs,
    batchWritten: (...all: unknown[]) => passedOn.push(all),
    stateAdopted: (elapsedMs: number) => passedOn.push([elapsedMs]),
  };
  return new SlowDisk(inner, { warn: (_, line) => lines.push(line) }, heartbeatIntervalMs);
}

test('a synced write of a second is worth a warning, a quick one or one that nobody waits for is not', () => {
  const disk = make();
  disk.batchWritten(999, true, false);
  disk.batchWritten(5000, false, true);
  expect(lines).toEqual([]);
  disk.batchWritten(1234.5, true, true);
  expect(lines).toEqual([
    expect.stringMatching(/^slow disk: a write took 1235 ms to be safe, expected less than 1000; 1 since/),
  ]);
  disk.stateAdopted(9);
  expect(passedOn).toEqual([[999, true, false], [5000, false, true], [1234.5, true, true], [9]]);
});

test('one warning in 30 s says how many there were', () => {
  const disk = make();
  for (let count = 0; count < 50; count++) {
    disk.batchWritten(2000 + count, true, false);
    nowMs += 1000;
  }
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain('30 since the last warning, the longest 2030 ms');
});

test('slow heartbeats have patience', () => {
  const disk = make(500);
  disk.batchWritten(2400, true, false);
  expect(lines).toEqual([]);
  disk.batchWritten(2500, true, false);
  expect(lines).toHaveLength(1);
});
