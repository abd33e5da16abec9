import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clearRemoved } from '../../src/ctl/clearRemoved';
import { REMOVED_FILE } from '../../src/util/removedFile';
import { captureOutput } from './output';

describe('cairn clear-removed', () => {
  const output = captureOutput();
  let volume = '';
  let data = '';

  beforeEach(() => {
    volume = mkdtempSync(join(tmpdir(), 'clear-removed-'));
    data = join(volume, 'data');
    mkdirSync(join(data, 'db'), { recursive: true });
    writeFileSync(join(data, 'db', 'CURRENT'), 'x');
  });

  afterEach(() => {
    rmSync(volume, { recursive: true });
  });

  it('deletes the directory of a removed member', async () => {
    writeFileSync(join(data, REMOVED_FILE), '');
    expect(await clearRemoved(['--data-dir', `${data}/`])).toBe(0);
    expect([existsSync(data), existsSync(`${data}.removed`), existsSync(volume)]).toEqual([false, false, true]);
    expect(output.text()).toContain('of a removed member, deleted');
  });

  it('leaves any other directory alone', async () => {
    expect(await clearRemoved(['--data-dir', data])).toBe(0);
    expect(existsSync(join(data, 'db', 'CURRENT'))).toBe(true);
    expect(output.text()).toContain('left alone');
  });

  it('is content if there is nothing yet', async () => {
    expect(await clearRemoved(['--data-dir', join(volume, 'absent')])).toBe(0);
  });

  it('finishes what an earlier run began', async () => {
    mkdirSync(`${data}.removed`);
    expect(await clearRemoved(['--data-dir', data])).toBe(0);
    expect([existsSync(data), existsSync(`${data}.removed`)]).toEqual([true, false]);
  });

  it('needs to be told the directory', async () => {
    expect(await clearRemoved([])).toBe(2);
    expect(output.text()).toContain('--data-dir is missing');
  });
});
