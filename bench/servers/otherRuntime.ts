import { spawnSync } from 'node:child_process';
import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { freshDirectory } from './scratch';

interface OtherNode {
  /** The path of a Node of this line, or the reason why there is none. */
  readonly nodeOf: (line: string) => { readonly path: string } | { readonly path?: undefined; readonly reason: string };
}

const ROOT = join(__dirname, '../..');

/**
 * From now on Cairn's members run on another line of Node, with the code that V8 compiles there at a build, as in an image that has that
 * Node. The build here stays as it is.
 *
 * @param line such as 24
 * @throws Error with a sentence for the user if that Node cannot be had
 */
export function useOtherNode(line: string): void {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- it is JavaScript, shared with the scripts
  const { nodeOf } = require('../../scripts/otherNode') as OtherNode;
  const found = nodeOf(line);
  if (found.path === undefined) throw new Error(`--node ${line}: ${found.reason}`);
  const home = freshDirectory('build');
  for (const name of ['dist', 'scripts', 'package.json']) {
    cpSync(join(ROOT, name), join(home, name), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(home, 'node_modules'));
  const warmed = spawnSync(found.path, [join(home, 'scripts', 'warm.js')], { stdio: ['ignore', 'ignore', 'inherit'] });
  if (warmed.status !== 0) throw new Error(`--node ${line}: the program does not start on ${found.path}`);
  process.env['CAIRN_NODE'] = found.path;
  process.env['CAIRN_ENTRY'] = join(home, 'dist', 'cairn.js');
}
