/** No message of a command, of the client or of TLS names an option that there is not: all of them are rows of the tables. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { flagsOf, taskRows } from '../../src/config/commands';
import { globalFlags } from '../../src/config/ctl/globalFlags';
import type { CtlFlags } from '../../src/config/ctl/row';
import { ctlCommands, flagsOfCtl } from '../../src/config/ctl/table';
import { allOptions } from '../../src/config/options';

const SRC = join(__dirname, '../../src');
/** Of etcdctl, curl and Node.js, and older names of options. */
const OF_OTHERS = ['snap', 'cacert', 'cert', 'key', 'max-old-space-size', 'version'];

const names = new Set([
  ...allOptions.map(({ name }) => name),
  ...taskRows.flatMap(([word]) => Object.keys(flagsOf(word))),
  ...[globalFlags as CtlFlags, ...ctlCommands.map(([, row]) => flagsOfCtl(row))].flatMap(Object.keys),
  ...OF_OTHERS,
]);

/** What stands in quotes of any kind; comments do not count. */
function textsOf(source: string): readonly string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  return code.match(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g) ?? [];
}

it.each(['ctl', 'client', 'tls', 'mirror', 'app', 'config', 'discovery', 'storage', 'member'])('src/%s', (folder) => {
  const files = readdirSync(join(SRC, folder), { recursive: true, encoding: 'utf8' });
  const wrong = files
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) =>
      textsOf(readFileSync(join(SRC, folder, name), 'utf8')).flatMap((text) =>
        [...text.matchAll(/(?<![\w-])--([a-z][a-z0-9-]*)/g)].map(([, option = '']) => ({ name, option })),
      ),
    )
    .filter(({ option }) => !names.has(option));
  expect(wrong).toEqual([]);
});
