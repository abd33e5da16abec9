import { join } from 'node:path';

interface Summary {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

const { skippedFiles, total, faults } = jest.requireActual<{
  skippedFiles: (summary: Summary) => readonly string[];
  total: (summaries: readonly Summary[]) => Readonly<Record<string, number>>;
  faults: (summaries: readonly Summary[]) => readonly string[];
}>('../../scripts/ci/testSummary.js');

const ROOT = join(__dirname, '..', '..');

function file(name: string, ...statuses: readonly string[]) {
  const status = statuses.includes('failed') || statuses.length === 0 ? 'failed' : 'passed';
  return { name: join(ROOT, name), status, assertionResults: statuses.map((each) => ({ status: each })) };
}

test('files with a test that was not run are run again, by their path from the root', () => {
  const summary = {
    testResults: [file('test/b', 'passed', 'pending'), file('test/a', 'pending'), file('test/c', 'passed')],
  };
  expect(skippedFiles(summary)).toEqual(['test/a', 'test/b']);
});

test('a test that ran the second time is not skipped, and none is counted twice', () => {
  const bare = {
    testResults: [file('test/a', 'pending', 'passed'), file('test/b', 'passed'), file('test/c', 'pending')],
  };
  const again = { testResults: [file('test/a', 'passed', 'passed'), file('test/c', 'pending')] };
  expect(total([bare, again])).toEqual({ passed: 3, failed: 0, skipped: 1 });
});

test('a failure counts, also that of a file that could not be loaded', () => {
  expect(total([{ testResults: [file('test/a', 'failed', 'passed'), file('test/b')] }])).toEqual({
    passed: 1,
    failed: 2,
    skipped: 0,
  });
});

test('what failed, or was skipped although its program is there, is a fault; what ran the second time, or needs Docker, is none', () => {
  const container = file('test/terminal/container.test.ts', 'pending');
  const bare = { testResults: [file('test/a', 'pending'), file('test/b', 'passed'), container] };
  expect(faults([bare])).toEqual(['skipped, wholly or in part: test/a']);
  expect(faults([bare, { testResults: [file('test/a', 'passed')] }])).toEqual([]);
  expect(faults([bare, { testResults: [file('test/a', 'failed', 'passed')] }])).toEqual(['1 failed']);
  expect(faults([{ testResults: [container] }])).toEqual(['no test passed']);
  expect(faults([])).toEqual(['no test passed']);
});
