/** The examples of docs/client.md, as they are written there. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { startInProcess, type InProcess } from '../support/inProcess';

const ROOT = resolve(__dirname, '../..');
const DEFAULT_URL = 'http://127.0.0.1:2379';

/** What each example prints, in their order. */
const PRINTED = [
  '10.0.0.7:5432 60 true\n',
  '3\n',
  'taken at index INDEX\n',
  '2\nfirst,second\n',
  'set /services/web up\n',
  'mine true true\nhost a\n',
  'localhost 8080\n',
];

const examples = [...readFileSync(join(ROOT, 'docs/client.md'), 'utf8').matchAll(/```js\n([^]*?)```/g)].map(
  ([, code = '']) => code,
);

const reason = existsSync(join(ROOT, 'dist/client/index.js')) ? undefined : 'dist/ is missing: run npm run build first';
if (reason === undefined) describe('docs/client.md', suite);
else describe.skip(`docs/client.md (skipped: ${reason})`, suite);

function suite(): void {
  let member: InProcess;
  const place = mkdtempSync(join(tmpdir(), 'client-docs-'));

  beforeAll(async () => {
    member = await startInProcess('all');
    mkdirSync(join(place, 'node_modules'));
    symlinkSync(ROOT, join(place, 'node_modules/cairn'));
    await fetch(`${member.url}/v2/keys/config/owner`, { method: 'PUT', body: new URLSearchParams({ value: 'you' }) });
  });

  afterAll(async () => {
    await member.stop();
    rmSync(place, { recursive: true, force: true });
  });

  it('has as many examples as are looked at', () => {
    expect(examples).toHaveLength(PRINTED.length);
  });

  it.each(examples.map((code, position) => [position + 1, code, PRINTED[position]] as const))(
    'example %i prints what it should',
    async (number, code, printed) => {
      const file = join(place, `example-${number}.mjs`);
      const imports = code.includes("from 'cairn/client'") ? '' : "import { createClient } from 'cairn/client';\n";
      writeFileSync(file, imports + code.replaceAll(DEFAULT_URL, member.url));
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [file], { timeout: 50_000 });
      expect(stderr).toBe('');
      expect(stdout.replace(/index \d+/, 'index INDEX')).toBe(printed);
    },
  );
}
