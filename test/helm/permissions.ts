import { spawnSync } from 'node:child_process';
import { lchownSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithHelm, find, NEW, render, type Manifest } from './chart';

describeWithHelm('volumePermissions', () => {
  const pod: Manifest = find(render('volume-permissions', NEW), 'StatefulSet').spec.template.spec;
  const [container] = pod.initContainers;

  it('comes first, and names the user that the members run as', () => {
    expect(pod.initContainers.map(({ name }: Manifest) => name)).toEqual(['volume-permissions', 'clear-removed']);
    const { runAsUser, runAsGroup } = pod.securityContext;
    expect(container.command.slice(-3)).toEqual(['/var/lib/cairn', String(runAsUser), String(runAsGroup)]);
    expect(container.volumeMounts).toEqual([{ name: 'data', mountPath: '/var/lib/cairn' }]);
  });

  const asRoot = process.geteuid?.() === 0 ? it : it.skip;
  asRoot('gives away all that is on the volume, and nothing that a link leads to', () => {
    const place = mkdtempSync(join(tmpdir(), 'cairn-volume-'));
    try {
      const volume = join(place, 'volume');
      const outside = join(place, 'outside');
      mkdirSync(join(volume, 'data', 'deep'), { recursive: true, mode: 0o700 });
      mkdirSync(join(volume, 'lost+found'));
      writeFileSync(join(volume, 'data', 'deep', 'file'), '');
      writeFileSync(outside, '');
      symlinkSync(outside, join(volume, 'link'));
      lchownSync(join(volume, 'data'), 1000, 1000);
      const words = [...container.command.slice(1, 3), volume, ...container.command.slice(-2)] as string[];
      expect(spawnSync(process.execPath, words, { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
      const owners = (path: string) => [lstatSync(join(place, path)).uid, lstatSync(join(place, path)).gid];
      for (const path of ['', '/data', '/data/deep', '/data/deep/file', '/link'])
        expect([path, owners(`volume${path}`)]).toEqual([path, [65532, 65532]]);
      expect([owners('outside'), owners('volume/lost+found')]).toEqual([
        [0, 0],
        [0, 0],
      ]);
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  });

  describe('of the volume for backups', () => {
    const jobPod = (values: string): Manifest =>
      find(render(values, NEW), 'CronJob').spec.jobTemplate.spec.template.spec;

    it('comes before the state is saved there; a bucket has nothing to give away', () => {
      const { initContainers, securityContext } = jobPod('volume-permissions-backup');
      expect(initContainers.map(({ name }: Manifest) => name)).toEqual(['volume-permissions', 'save', 'verify']);
      const [own] = initContainers;
      const { runAsUser, runAsGroup } = securityContext;
      expect(own.command.slice(-3)).toEqual(['/backup', String(runAsUser), String(runAsGroup)]);
      expect(own.volumeMounts).toEqual([{ name: 'backup', mountPath: '/backup' }]);
      expect(own.securityContext).toEqual(container.securityContext);
      for (const values of ['backup-volume', 'backup-bucket'])
        expect(jobPod(values).initContainers.map(({ name }: Manifest) => name)).toEqual(['save', 'verify']);
    });

    asRoot('is only the directory, and nothing that others have in it', () => {
      const place = mkdtempSync(join(tmpdir(), 'cairn-volume-'));
      try {
        writeFileSync(join(place, 'of another'), '');
        const { command } = jobPod('volume-permissions-backup').initContainers[0];
        const words = [...command.slice(1, 3), place, ...command.slice(-2)] as string[];
        expect(spawnSync(process.execPath, words, { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
        expect([lstatSync(place).uid, lstatSync(place).gid]).toEqual([65532, 65532]);
        expect(lstatSync(join(place, 'of another')).uid).toBe(0);
      } finally {
        rmSync(place, { recursive: true, force: true });
      }
    });
  });
});
