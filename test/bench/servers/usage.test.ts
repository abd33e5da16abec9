import { cpuSeconds, cpuTicks, residentBytes, residentOf } from '../../../bench/servers/usage';

test('user and system time are found behind a name with spaces and brackets', () => {
  const line = '1234 (a (b) c) S 1 1234 1234 0 -1 4194560 100 0 0 0 250 50 7 8 20 0 11 0 100 1000 200';
  expect(cpuTicks(line)).toBe(300);
});

test('resident memory is given in bytes', () => {
  expect(residentOf('Name:\tnode\nVmHWM:\t   4096 kB\nVmRSS:\t   2048 kB\nThreads:\t11\n')).toBe(2048 * 1024);
});

test('a process that has ended has no memory', () => {
  expect(() => residentOf('Name:\tnode\nState:\tZ (zombie)\n')).toThrow(/ended/);
});

test('what the system says about this process is plausible', () => {
  const self = [process.pid];
  const { user, system } = process.cpuUsage();
  expect(Math.abs(cpuSeconds(self) - (user + system) / 1e6)).toBeLessThan(1);
  expect(residentBytes(self) / process.memoryUsage.rss()).toBeCloseTo(1, 0);
  expect(cpuSeconds([process.pid, process.pid])).toBeGreaterThan(cpuSeconds(self));
});
