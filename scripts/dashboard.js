'use strict';

/**
 * Builds the dashboard into dist/dashboard: one script and one sheet of styles with what they need from packages, named by what is in them, each
 * beside its compressed twin. A member serves them from there, so no package of theirs is installed in production.
 */
const { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { basename, join } = require('node:path');
const { gzipSync } = require('node:zlib');
const { buildSync } = require('esbuild');

const SOURCE = join(__dirname, '..', 'src', 'dashboard');
const TARGET = join(__dirname, '..', 'dist', 'dashboard');

function buildDashboard() {
  rmSync(TARGET, { recursive: true, force: true });
  mkdirSync(TARGET, { recursive: true });
  const { metafile } = buildSync({
    entryPoints: [join(SOURCE, 'main.tsx'), join(SOURCE, 'icon.svg')],
    outdir: TARGET,
    entryNames: '[name]-[hash]',
    loader: { '.svg': 'copy' },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    metafile: true,
    tsconfig: join(SOURCE, 'tsconfig.json'),
    logLevel: 'warning',
  });
  let page = readFileSync(join(SOURCE, 'index.html'), 'utf8');
  for (const path of Object.keys(metafile.outputs)) {
    const name = basename(path);
    page = page.replace(name.replace(/-[0-9A-Z]{8}\./, '.'), name);
  }
  writeFileSync(join(TARGET, 'index.html'), page);
  for (const name of readdirSync(TARGET)) {
    const path = join(TARGET, name);
    writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
  }
}

module.exports = { buildDashboard };

if (require.main === module) buildDashboard();
