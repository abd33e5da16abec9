/** What a process that cannot start leaves open. */
import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePlace, startInProcess } from '../support/inProcess';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-member-server-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** Files below the directory that this process has open. */
function openFiles(): readonly string[] {
  return readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      const path = readlinkSync(join('/proc/self/fd', descriptor));
      return path.startsWith(directory) ? [path] : [];
    } catch {
      // The one that listed them is gone.
      return [];
    }
  });
}

test.each([
  ['a data directory', () => ['--data-dir=' + join(directory, 'file')]],
  ['a peer port', async () => ['--listen-peer-urls=http://192.0.2.1:' + String((await freePlace()).port)]],
  [
    'a client port, as a proxy,',
    () => ['--proxy=on', '--initial-cluster=a=http://127.0.0.1:1', '--listen-client-urls=http://192.0.2.1:1'],
  ],
  ['an audit log', () => ['--audit-log=' + join(directory, 'none', 'audit.log')]],
])('one that cannot have %s leaves no file open', async (_what, flags) => {
  writeFileSync(join(directory, 'file'), '');
  const data = join(directory, 'data');
  const given = [`--data-dir=${data}`, `--audit-log=${join(directory, 'audit.log')}`, ...(await flags())];
  await expect(startInProcess('all', given)).rejects.toThrow();
  expect(openFiles()).toEqual([]);
});
