/** What people see of the log on a terminal. */
import { readableFormat } from '../../src/app/logging';

test('a line about another member does not look like one that it wrote', async () => {
  const format = await readableFormat(false);
  const line = { level: 40, time: 0, peer: '1f', name: 'node2', msg: 'lost the connection' };
  expect(format(JSON.stringify(line))).toMatch(/WARN \(about node2\): lost the connection \{"peer":"1f"\}\n$/);
});
