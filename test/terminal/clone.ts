import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from './place';

/** Why there can be no fresh clone here, in a sentence; undefined if there can. */
export function whyNoClone(): string | undefined {
  const { status } = spawnSync('git', ['rev-parse', '--git-dir'], { cwd: ROOT });
  return status === 0 ? undefined : 'this is not a clone, or git is not installed';
}

export interface Clone {
  readonly folder: string;
  remove(): void;
}

/** What `git clone` would give if all that is here were committed: the files that git keeps or would, and nothing that was installed or built. */
export function makeClone(): Clone {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-clone-'));
  const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  for (const name of list.split('\0').filter((each) => each !== '' && existsSync(join(ROOT, each)))) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    copyFileSync(join(ROOT, name), join(folder, name));
  }
  return {
    folder,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
