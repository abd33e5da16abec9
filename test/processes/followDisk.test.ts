/** A backup that follows onto a disk without room: a mount of its own in memory, which takes root. */
import { spawn, spawnSync, type ChildProcess, type SpawnSyncReturns } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ServerProcess, whyMissing } from '../support/serverProcess';
import { mount, unmount, whyNotMounted } from './mounts';

const ENTRY = process.env['CAIRN_ENTRY'] ?? resolve(__dirname, '../../dist/cairn.js');

const reason = whyMissing('cairn') ?? whyNotMounted();
if (reason === undefined) describe('a backup on a disk that is full', suite);
else describe.skip(`a backup on a disk that is full (skipped: ${reason})`, suite);

function cairn(...args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [ENTRY, 'snapshot', ...args], { encoding: 'utf8' });
}

function suite(): void {
  let disk: string;
  let member: ServerProcess;
  let follower: ChildProcess;
  let said = '';

  beforeEach(async () => {
    disk = mkdtempSync(join(tmpdir(), 'cairn-disk-'));
    expect(mount('-t', 'tmpfs', '-o', 'size=2m,mode=700', 'tmpfs', disk)).toBeUndefined();
    member = await ServerProcess.start('cairn');
    follower = spawn(process.execPath, [ENTRY, 'snapshot', 'follow', disk, `--url=${member.clientUrl}`], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    follower.stderr!.on('data', (piece: Buffer) => {
      said += piece.toString();
    });
  });

  afterEach(async () => {
    const exited = once(follower, 'exit');
    if (follower.exitCode === null && follower.kill('SIGKILL')) await exited;
    await member.remove();
    unmount(disk);
    rmSync(disk, { recursive: true, force: true });
  });

  async function until(isSo: () => boolean): Promise<void> {
    const deadlineMs = Date.now() + 60_000;
    while (!isSo()) {
      if (Date.now() > deadlineMs) throw new Error(said);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  test('tells it, stays whole, and goes on without a gap once there is room', async () => {
    await until(() => readdirSync(disk).some((name) => name.endsWith('.log')));
    const body = new URLSearchParams({ value: 'x'.repeat(200_000) });
    let index = '';
    for (let at = 0; at < 20; at += 1) {
      const answer = await fetch(`${member.clientUrl}/v2/keys/k${at}`, { method: 'PUT', body });
      index = answer.headers.get('x-etcd-index') ?? '';
      // With all of it, the value: what is not read keeps its connection.
      await answer.arrayBuffer();
    }
    await until(() => said.includes(`the disk of ${disk} is full; make room there`));
    const full = cairn('verify', disk);
    expect([full.status, full.stderr]).toEqual([0, '']);
    expect(mount('-o', 'remount,size=64m', disk)).toBeUndefined();
    await until(() => cairn('status', disk).stdout.includes(` to ${index},`));
    const whole = cairn('verify', disk, '--output=json');
    expect([whole.status, whole.stderr]).toEqual([0, '']);
    const { ranges, fulls } = JSON.parse(whole.stdout) as { ranges: unknown[]; fulls: unknown[] };
    expect([ranges.length, fulls.length]).toEqual([1, 1]);
    await until(() => said.includes('the backup goes on'));
  });
}
