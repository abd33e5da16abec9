import { parseOptions } from '../../bench/options';
import { fullPlan, quickPlan } from '../../bench/plan';

const NAMES = ['put', 'get'];

test('without options everything is measured in full', () => {
  expect(parseOptions([], NAMES)).toEqual({
    plan: fullPlan,
    groups: undefined,
    jsonFile: undefined,
    fromFile: undefined,
    writeDocs: false,
    node: undefined,
  });
});

test('options change the plan they are given with', () => {
  const options = parseOptions(['--quick', '--rounds', '5', '--seconds', '7', '--rows', 'get, put'], NAMES);
  expect(options.plan).toEqual({ ...quickPlan, rounds: 5, seconds: 7 });
  expect(options.groups).toEqual(['get', 'put']);
});

test.each(['0', '-1', '1.5', 'many', '101', ''])('--rounds %j is refused', (text) => {
  expect(() => parseOptions([`--rounds=${text}`], NAMES)).toThrow('--rounds takes a whole number from 1 to 100');
});

test('a line of Node that Cairn does not support is refused with those that it does', () => {
  expect(parseOptions(['--node', '24'], NAMES).node).toBe('24');
  expect(() => parseOptions(['--node', '18'], NAMES)).toThrow('--node takes 20, 22, 24, not "18"');
});

test('rows that do not exist are refused with those that do', () => {
  expect(() => parseOptions(['--rows', 'put,post'], NAMES)).toThrow('--rows: there is no "post"; there are put, get');
});
