/** One layout for the tests: what a member is made of has a test of its own name (CONTRIBUTING.md). */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
/** Types and constants: nothing that could be wrong by itself. */
const WITHOUT_CODE = [
  'currentState',
  'localMemberParts',
  'logSource',
  'loopParts',
  'observer',
  'settings',
  'transport',
  'types',
];

function namesIn(folder: string, ending: string): string[] {
  return readdirSync(join(ROOT, folder))
    .filter((file) => file.endsWith(ending))
    .map((file) => file.slice(0, -ending.length));
}

test('each file of src/member has a test of its name', () => {
  const tested = new Set([...namesIn('test/member', '.test.ts'), ...WITHOUT_CODE]);
  expect(namesIn('src/member', '.ts').filter((name) => !tested.has(name))).toEqual([]);
});
