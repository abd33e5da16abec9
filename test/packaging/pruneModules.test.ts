import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from './dockerfile';

const SCRIPT = join(ROOT, 'scripts/packaging/image/pruneModules.js');
const HERE = `${process.platform}-${process.arch}`;

const KEPT = [
  'rocksdb/package.json',
  'rocksdb/leveldown.js',
  'rocksdb/LICENSE',
  'pino/LICENSE.md',
  'pino/lib/pino.js',
  '@scope/package/dist/index.mjs',
  `bcrypt/prebuilds/${HERE}/bcrypt.glibc.node`,
];
const REMOVED = [
  'rocksdb/deps/rocksdb/rocksdb.gyp',
  'rocksdb/binding.cc',
  'rocksdb/prebuilds/plan9-x64/node.napi.node',
  'rocksdb/build/Release/obj.target/leveldown.o',
  'bcrypt/prebuilds/plan9-x64/bcrypt.node',
  `bcrypt/prebuilds/${HERE}/bcrypt.musl.node`,
  'pino/README.md',
  'pino/pino.d.ts',
  'pino/lib/pino.js.map',
  '@scope/package/docs/api.md',
  '.bin/tool',
];
const READY_MADE = `rocksdb/prebuilds/${HERE}/node.napi.node`;
const COMPILED = 'rocksdb/build/Release/leveldown.node';

describe('what the image leaves out of node_modules', () => {
  let modules = '';

  beforeEach(() => {
    modules = mkdtempSync(join(tmpdir(), 'cairn-modules-'));
  });

  afterEach(() => rmSync(modules, { recursive: true }));

  function prune(paths: readonly string[]): string[] {
    for (const path of paths) {
      mkdirSync(dirname(join(modules, path)), { recursive: true });
      writeFileSync(join(modules, path), '');
    }
    const { status, stderr } = spawnSync(process.execPath, [SCRIPT, modules], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return paths.filter((path) => existsSync(join(modules, path)));
  }

  it('is sources, types, maps, manuals and the binaries of other platforms and another libc', () => {
    expect(prune([...KEPT, ...REMOVED, READY_MADE])).toEqual([...KEPT, READY_MADE]);
  });

  it('is the ready-made binary too if one was compiled', () => {
    expect(prune([...KEPT, ...REMOVED, READY_MADE, COMPILED])).toEqual([...KEPT, COMPILED]);
  });
});
