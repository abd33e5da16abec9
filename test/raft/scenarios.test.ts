/** Plays every story in test/raft/scenarios. UPDATE_SCENARIOS=1 writes down what happens instead; then read the difference. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { play } from './script';

const FOLDER = join(__dirname, 'scenarios');
const names = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'));

test('there are stories', () => {
  expect(names.length).toBeGreaterThanOrEqual(40);
});

test.each(names)('%s', (name) => {
  const path = join(FOLDER, name);
  const script = readFileSync(path, 'utf8');
  const played = play(script);
  if (process.env['UPDATE_SCENARIOS'] === '1') writeFileSync(path, played);
  else expect(played).toBe(script);
});
