import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFairClock } from './fairClock';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-pressure-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

function waited(what: 'cpu' | 'io', us: number): void {
  const figures = 'avg10=0.00 avg60=0.00 avg300=0.00';
  writeFileSync(join(directory, what), `some ${figures} total=${us}\nfull ${figures} total=1\n`);
}

test('time does not count while somebody waits for the machine, but for a tenth of it', () => {
  let nowMs = 1000;
  waited('cpu', 5_000_000);
  waited('io', 70_000);
  const elapsedMs = startFairClock(directory, () => nowMs);
  nowMs += 300;
  expect(elapsedMs()).toBe(300);
  waited('cpu', 5_100_000);
  waited('io', 90_000);
  expect(elapsedMs()).toBe(200);
  waited('io', 10_000_000);
  expect(elapsedMs()).toBe(30);
});

test('it is the time on the wall where the kernel tells nothing', () => {
  let nowMs = 0;
  const elapsedMs = startFairClock(join(directory, 'absent'), () => nowMs);
  nowMs = 42;
  expect(elapsedMs()).toBe(42);
});
