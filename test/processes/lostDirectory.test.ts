/** The data directory goes away under a running member: deleted by a person, or by whoever tidies up. */
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ServerProcess, whyMissing } from '../support/serverProcess';

(whyMissing('cairn') === undefined ? test : test.skip).each([
  ['deleted', (path: string) => rmSync(path, { recursive: true }), /its FORMAT is gone/],
  ['moved away', (path: string) => renameSync(path, `${path}.away`), /its FORMAT is gone/],
  [
    'replaced by an empty one',
    (path: string) => {
      renameSync(path, `${path}.away`);
      mkdirSync(path);
    },
    /its FORMAT is gone/,
  ],
  ['emptied of its database', (path: string) => rmSync(join(path, 'db'), { recursive: true }), /its SYNCED is gone/],
])('%s: the member ends and says so, instead of acknowledging what is nowhere', async (_, takeAway, words) => {
  const member = await ServerProcess.start('cairn');
  try {
    takeAway(member.dataDir);
    expect(await member.whenExited()).toEqual({ code: 4, signal: null });
    expect(member.logs()).toMatch(words);
    expect(member.logs()).toContain('nothing that it acknowledges would be kept');
  } finally {
    await member.remove();
    rmSync(`${member.dataDir}.away`, { recursive: true, force: true });
  }
});
