/** A release that begins with a snapshot, step by step: what its init containers run is run here, with directories in the place of volumes. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileOfRows, machineAfter, rowsOf, set } from '../snapshot/support/states';
import { describeWithHelm, find, NEW, render, ROOT, type Manifest } from './chart';

const ENTRY = join(ROOT, 'dist/cairn.js');
const FILE = 'rel-cairn-backup-29384723.snap';
const ID = '0123456789abcdef';
const RECORD = `rel-cairn-${ID}-rel-cairn-0.begun`;

const stepsOf = (valueSet: string): readonly Manifest[] =>
  find(render(valueSet, NEW), 'StatefulSet').spec.template.spec.initContainers.filter(
    ({ name }: Manifest) => name !== 'clear-removed',
  );

describeWithHelm('restore', () => {
  let place: string;
  let data: string;
  let snapshots: string;
  let bucket: string;
  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), 'cairn-restore-chart-'));
    [data, snapshots, bucket] = [join(place, 'data'), join(place, 'restore'), join(place, 'bucket')];
    for (const each of [data, snapshots, bucket, join(place, 'tools')]) mkdirSync(each);
    const rclone = [
      '#!/bin/sh',
      'set -eu',
      '[ "$1" = --config= ] && shift',
      'at() { case $1 in :s3:*) [ -d "$BUCKET" ]; echo "$BUCKET/${1#:s3:states/prod}" ;; *) echo "$1" ;; esac; }',
      'case $1 in',
      'copyto) cp "$(at "$2")" "$(at "$3")" ;;',
      'lsf) [ "$2" = --files-only ] && ls "$(at "$3")" ;;',
      '*) exit 9 ;;',
      'esac',
      '',
    ].join('\n');
    writeFileSync(join(place, 'tools', 'rclone'), rclone);
    chmodSync(join(place, 'tools', 'rclone'), 0o755);
  });
  afterEach(() => {
    rmSync(place, { recursive: true, force: true });
  });

  /** Runs a container as Kubernetes would, but for where its volumes are. */
  const run = (container: Manifest): { status: number | null; said: string } => {
    const variables: Record<string, string> = { POD_NAME: 'rel-cairn-0', POD_NAMESPACE: 'apps', RESTORE_ID: ID };
    const filled = (text: string): string =>
      text
        .replace(/\$\((\w+)\)/g, (_, name: string) => variables[name] ?? '')
        .replaceAll('/var/lib/cairn', data)
        .replaceAll('/restore/', `${snapshots}/`);
    for (const { name, value } of container.env as Manifest[]) if (value !== undefined) variables[name] = filled(value);
    const words = [...(container.command ?? [process.execPath, ENTRY]), ...(container.args ?? [])] as string[];
    const [program = '', ...rest] = words.map(filled);
    const env = { ...variables, BUCKET: bucket, PATH: `${join(place, 'tools')}:${process.env['PATH'] ?? ''}` };
    const { status, stdout, stderr } = spawnSync(program, rest, { encoding: 'utf8', env });
    return { status, said: stdout + stderr };
  };

  /** All of them in their order, as when a pod starts; what the last one said. */
  const startPod = (valueSet: string): string => {
    let said = '';
    for (const step of stepsOf(valueSet)) {
      const outcome = run(step);
      expect(outcome).toMatchObject({ status: 0 });
      said += outcome.said;
    }
    return said;
  };

  const loseDisk = (): void => {
    rmSync(data, { recursive: true });
    mkdirSync(data);
  };

  const snapshot = (): Buffer => fileOfRows(rowsOf(machineAfter([set('/a', '1')])));

  it('from a volume: once, and not again where the disk was lost', () => {
    writeFileSync(join(snapshots, FILE), snapshot());
    expect(startPod('restore-volume')).toMatch(/rel-cairn-0: restored \d+ keys/);
    expect(existsSync(join(data, 'data', 'FORMAT'))).toBe(true);
    expect(readdirSync(snapshots).sort()).toEqual([FILE, RECORD].sort());
    expect(startPod('restore-volume')).toContain('has the restored state already');
    loseDisk();
    expect(startPod('restore-volume')).toContain('nothing is restored, it gets the state of the others');
    expect(readdirSync(data)).toEqual([]);
  });

  it('from a bucket: once; where the disk was lost the bucket knows, and a pod that has its disk does not ask it', () => {
    writeFileSync(join(bucket, FILE), snapshot());
    expect(startPod('restore-bucket')).toMatch(/rel-cairn-0: restored \d+ keys/);
    expect(existsSync(join(data, 'data', 'FORMAT'))).toBe(true);
    expect(readdirSync(bucket).sort()).toEqual([FILE, RECORD].sort());
    const emptyScratch = (): void => {
      rmSync(snapshots, { recursive: true });
      mkdirSync(snapshots);
    };
    emptyScratch();
    rmSync(join(bucket, FILE));
    expect(startPod('restore-bucket')).toContain('nothing is fetched');
    const elsewhere = join(place, 'elsewhere');
    spawnSync('mv', [bucket, elsewhere]);
    emptyScratch();
    expect(startPod('restore-bucket')).toContain('rel-cairn-0: has the restored state already');
    emptyScratch();
    loseDisk();
    const [fetch] = stepsOf('restore-bucket');
    expect(run(fetch).status).not.toBe(0);
    spawnSync('mv', [elsewhere, bucket]);
    expect(startPod('restore-bucket')).toContain('nothing is restored, it gets the state of the others');
    expect(readdirSync(data)).toEqual(['data.recorded']);
  });

  it('a pod that ended before the restore was recorded in the bucket does that when it starts again', () => {
    writeFileSync(join(bucket, FILE), snapshot());
    const [fetch, restore] = stepsOf('restore-bucket');
    for (const step of [fetch, restore]) expect(run(step)).toMatchObject({ status: 0 });
    expect(readdirSync(bucket)).toEqual([FILE]);
    expect(startPod('restore-bucket')).toContain('has the restored state already');
    expect(readdirSync(bucket).sort()).toEqual([FILE, RECORD].sort());
  });

  it('a file that is not there, or damaged, keeps the member from starting', () => {
    const [restore] = stepsOf('restore-volume');
    expect(run(restore).status).toBe(1);
    writeFileSync(join(snapshots, FILE), 'no state');
    expect(run(restore).status).toBe(1);
    expect([readdirSync(data), readdirSync(snapshots)]).toEqual([[], [FILE]]);
  });

  it('the keys of the store are in no command line', () => {
    for (const { command, args } of stepsOf('restore-bucket')) {
      expect(JSON.stringify([command, args])).not.toMatch(/ACCESS|SECRET/);
    }
  });
});
