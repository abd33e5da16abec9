/** Snapshots that are saved and restored onto a disk without room: a mount of its own in memory, which takes root. */
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ServerProcess, whyMissing } from '../support/serverProcess';

const ENTRY = process.env['CAIRN_ENTRY'] ?? resolve(__dirname, '../../dist/cairn.js');

const reason = whyMissing('cairn') ?? whyNotMounted();
if (reason === undefined) describe('a disk that is full', suite);
else describe.skip(`a disk that is full (skipped: ${reason})`, suite);

function mount(path: string, options: string): string | undefined {
  const { status, stderr, error } = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path], {
    encoding: 'utf8',
  });
  if (error !== undefined) return error.message;
  return status === 0 ? undefined : stderr.trim();
}

function whyNotMounted(): string | undefined {
  const path = mkdtempSync(join(tmpdir(), 'cairn-mount-'));
  const why = mount(path, 'size=1m');
  if (why === undefined) spawnSync('umount', [path]);
  rmSync(path, { recursive: true, force: true });
  return why === undefined ? undefined : `nothing can be mounted here: ${why}`;
}

function cairn(...args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [ENTRY, 'snapshot', ...args], { encoding: 'utf8' });
}

function suite(): void {
  let directory: string;
  let disk: string;
  let member: ServerProcess;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'cairn-disk-'));
    disk = mkdtempSync(join(tmpdir(), 'cairn-disk-'));
    expect(mount(disk, 'size=2m,mode=700')).toBeUndefined();
    member = await ServerProcess.start('cairn');
    const body = new URLSearchParams({ value: 'x'.repeat(200_000) });
    for (let at = 0; at < 20; at += 1) {
      const answer = await fetch(`${member.clientUrl}/v2/keys/k${at}`, { method: 'PUT', body });
      // With all of it, the value: what is not read keeps its connection.
      await answer.arrayBuffer();
    }
  });

  afterEach(async () => {
    await member.remove();
    spawnSync('umount', [disk]);
    for (const path of [directory, disk]) rmSync(path, { recursive: true, force: true });
  });

  test('keeps nothing of a snapshot that has no room, and of a restore nothing that counts', () => {
    const { status, stderr } = cairn('save', join(disk, 'state.snap'), `--url=${member.clientUrl}`);
    expect([status, stderr]).toEqual([1, expect.stringContaining('the disk is full; nothing of it was kept')]);
    expect(readdirSync(disk)).toEqual([]);
    const file = join(directory, 'state.snap');
    expect(cairn('save', file, `--url=${member.clientUrl}`).status).toBe(0);
    const dataDir = join(disk, 'data');
    const full = cairn('restore', file, `--data-dir=${dataDir}`);
    expect(full.status).not.toBe(0);
    expect(full.stderr).toContain('make room and run the command again; no member starts from what is there now');
    expect(full.stderr).not.toMatch(/start the member/i);
    expect(readdirSync(dataDir)).not.toContain('FORMAT');
    expect(spawnSync('mount', ['-o', 'remount,size=64m', disk]).status).toBe(0);
    const again = cairn('restore', file, `--data-dir=${dataDir}`);
    expect([again.status, again.stderr]).toEqual([0, '']);
    expect(readdirSync(dataDir)).toContain('FORMAT');
  });
}
