import { decodeBatch, encodeBatch } from '../../src/machine/commandCodec';
import type { Command } from '../../src/machine/command';

const NAMES = ['default', 'é', '名', '🦆-1', 'm\u00adx'];

test.each(NAMES)('a member publishes itself as %p', (name) => {
  const command: Command = {
    type: 'publish',
    memberId: 'a1',
    name,
    clientURLs: ['http://h:2379'],
    version: '2.3.8',
    level: 1,
  };
  const batch = { origin: 'a1', run: 1, sequence: 2, commands: [command] };
  expect(decodeBatch(encodeBatch(batch))).toEqual(batch);
});

test('a command that cannot be written leaves nothing behind for the next one', () => {
  const batch = (path: string): Parameters<typeof encodeBatch>[0] => ({
    origin: 'a1',
    run: 1,
    sequence: 2,
    commands: [{ type: 'delete', path, nowMs: 1, dir: false, recursive: false }],
  });
  const expected = encodeBatch(batch('/a'));
  expect(() => encodeBatch(batch('/名'))).toThrow(RangeError);
  expect(encodeBatch(batch('/a'))).toEqual(expected);
});
