/** The CronJob that saves the state, step by step: what its containers run is run here. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerProcess } from '../support/serverProcess';
import { describeWithHelm, find, NEW, render, ROOT, type Manifest } from './chart';

const ENTRY = join(ROOT, 'dist/cairn.js');
const JOB = 'rel-cairn-backup-29384723';

const podOf = (valueSet: string): Manifest =>
  find(render(valueSet, NEW), 'CronJob').spec.jobTemplate.spec.template.spec;

describeWithHelm('backup', () => {
  let place: string;
  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), 'cairn-backup-'));
  });
  afterEach(() => {
    rmSync(place, { recursive: true, force: true });
  });

  /** Runs a container as Kubernetes would, but for where the volume is and who is asked. */
  const run = (container: Manifest, job: string, url = '', path = ''): { status: number | null; said: string } => {
    const words = [...(container.command ?? [process.execPath, ENTRY]), ...(container.args ?? [])] as string[];
    const [program = '', ...rest] = words.map((word) =>
      word
        .replace('/backup', place)
        .replaceAll('$(JOB_NAME)', job)
        .replace(/^--url=.*/, `--url=${url}`),
    );
    const variables = Object.fromEntries(
      (container.env as Manifest[]).flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])),
    ) as Record<string, string>;
    const env = { ...variables, PATH: `${path}:${process.env['PATH'] ?? ''}`, JOB_NAME: job, DIRECTORY: place };
    const { status, stdout, stderr } = spawnSync(program === 'node' ? process.execPath : program, rest, {
      encoding: 'utf8',
      env,
    });
    return { status, said: stdout + stderr };
  };

  it('a member is asked, what it gives is verified and kept; a damaged file is not', async () => {
    const { initContainers, containers } = podOf('backup-volume');
    const [save, verify] = initContainers;
    const member = await ServerProcess.start('cairn');
    try {
      expect(run({ ...save, env: [] }, JOB, member.clientUrl)).toMatchObject({ status: 0 });
      expect(readdirSync(place)).toEqual([`${JOB}.unverified`]);
      expect(run(verify, JOB)).toMatchObject({ status: 0 });
      expect(run(containers[0], JOB)).toEqual({ status: 0, said: `${JOB}.snap is kept; deleted: none\n` });
      expect(readdirSync(place)).toEqual([`${JOB}.snap`]);
      writeFileSync(join(place, `${JOB}.unverified`), 'no state');
      expect(run(verify, JOB).status).toBe(1);
    } finally {
      await member.remove();
    }
  }, 120_000);

  it('of its own files the newest are kept; those of jobs made by hand are not counted', () => {
    const [keep] = podOf('backup-volume').containers;
    const files = ['rel-cairn-backup-999.snap', 'rel-cairn-backup-29384720.snap', 'rel-cairn-backup-29384721.snap'];
    const others = ['by-hand.snap', 'rel-cairn-backup-x.snap', 'rel-cairn-backup-2-1.snap', 'notes.txt'];
    const left = ['rel-cairn-backup-29384700.unverified', 'by-hand.unverified'];
    for (const name of [...files, ...others, ...left, `${JOB}.unverified`]) writeFileSync(join(place, name), '');
    expect(run(keep, JOB)).toMatchObject({ status: 0 });
    const kept = [...files.slice(1), `${JOB}.snap`, ...others, 'by-hand.unverified'];
    expect(readdirSync(place).sort()).toEqual(kept.sort());
  });

  /** Kubernetes up to 1.20 writes the time of a job in seconds. */
  const ofSeconds = [7, 6, 5, 4, 3, 2, 1].map((days) => `rel-cairn-backup-${29384723 * 60 - days * 86_400}.snap`);

  it('files whose time is in seconds, of before an upgrade of Kubernetes, are older than one in minutes', () => {
    const [keep] = podOf('backup-volume').containers;
    const keepsSeven = { ...keep, command: [...keep.command.slice(0, -1), '7'] };
    for (const name of [...ofSeconds, `${JOB}.unverified`]) writeFileSync(join(place, name), '');
    expect(run(keepsSeven, JOB).said).toBe(`${JOB}.snap is kept; deleted: ${ofSeconds[0]}\n`);
    expect(readdirSync(place).sort()).toEqual([...ofSeconds.slice(1), `${JOB}.snap`].sort());
  });

  it('the file of this run stays, however far the times of others are ahead', () => {
    const [keep] = podOf('backup-volume').containers;
    const ahead = [1, 2, 3].map((more) => `rel-cairn-backup-${29384723 + more}.snap`);
    for (const name of [...ahead, `${JOB}.unverified`]) writeFileSync(join(place, name), '');
    expect(run(keep, JOB).said).toBe(`${JOB}.snap is kept; deleted: ${ahead[0]}\n`);
  });

  it('nothing is deleted where the new file is not there', () => {
    const [keep] = podOf('backup-volume').containers;
    const files = [1, 2, 3, 4, 5].map((at) => `rel-cairn-backup-2938472${at}.snap`);
    for (const name of files) writeFileSync(join(place, name), '');
    expect(run(keep, JOB).status).not.toBe(0);
    expect(readdirSync(place).sort()).toEqual(files);
  });

  describe('to a bucket', () => {
    const [send] = podOf('backup-bucket').containers as Manifest[];
    let bucket: string;
    let tools: string;

    /** Does what the script asks rclone for, in a directory. */
    const RCLONE = [
      '#!/bin/sh',
      'set -eu',
      '[ "$1" = --config= ] && shift',
      'at() { echo "$BUCKET/${1#:s3:states/prod/cairn}"; }',
      'case $1 in',
      'copyto) cp "$2" "$(at "$3")" ;;',
      'lsf) [ "$2" = --files-only ] && ls "$(at "$3")" ;;',
      'deletefile) rm "$(at "$2")" ;;',
      '*) exit 9 ;;',
      'esac',
      '',
    ].join('\n');

    beforeEach(() => {
      [bucket, tools] = [join(place, 'bucket'), join(place, 'tools')];
      mkdirSync(bucket);
      mkdirSync(tools);
      writeFileSync(join(tools, 'rclone'), RCLONE);
      chmodSync(join(tools, 'rclone'), 0o755);
    });

    const sendIt = (keep = '2'): { status: number | null; said: string } =>
      run(
        { ...send, env: [...send.env, { name: 'BUCKET', value: bucket }, { name: 'KEEP', value: keep }] },
        JOB,
        '',
        tools,
      );

    it('the verified file is sent under its name, and older ones go', () => {
      writeFileSync(join(place, `${JOB}.unverified`), 'state');
      for (const name of ['rel-cairn-backup-29384720.snap', 'rel-cairn-backup-29384721.snap', 'by-hand.snap'])
        writeFileSync(join(bucket, name), '');
      expect(sendIt()).toMatchObject({ status: 0 });
      expect(readdirSync(bucket)).toEqual(['by-hand.snap', 'rel-cairn-backup-29384721.snap', `${JOB}.snap`]);
    });

    it('times in seconds and in minutes are in one order, and the file of this run stays', () => {
      writeFileSync(join(place, `${JOB}.unverified`), 'state');
      for (const name of [...ofSeconds, 'rel-cairn-backup-999.snap', 'rel-cairn-backup-29384724.snap'])
        writeFileSync(join(bucket, name), '');
      expect(sendIt('7')).toMatchObject({ status: 0 });
      const kept = [...ofSeconds.slice(2), 'rel-cairn-backup-29384724.snap', `${JOB}.snap`];
      expect(readdirSync(bucket).sort()).toEqual(kept.sort());
    });

    it('the first file has nothing before it', () => {
      writeFileSync(join(place, `${JOB}.unverified`), 'state');
      expect(sendIt()).toMatchObject({ status: 0 });
      expect(readdirSync(bucket)).toEqual([`${JOB}.snap`]);
    });

    it('nothing is deleted where the file cannot be sent', () => {
      const files = [1, 2, 3, 4].map((at) => `rel-cairn-backup-2938472${at}.snap`);
      for (const name of files) writeFileSync(join(bucket, name), '');
      expect(sendIt().status).not.toBe(0);
      expect(readdirSync(bucket)).toEqual(files);
    });

    it('the keys of the store are in no command line', () => {
      expect(JSON.stringify(send.command)).not.toMatch(/KEY/);
      expect(existsSync(ENTRY)).toBe(true);
    });
  });
});
