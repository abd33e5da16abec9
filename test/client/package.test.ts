/** `cairn/client` as others import it: from CommonJS, from ESM, and from TypeScript of both. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

const USE = `
const client = createClient({ endpoints: ['http://127.0.0.1:1'], roundsMax: 1 });
client.keys.get('/k').catch((error) => {
  console.log(error instanceof UnreachableError, error.kind, typeof ERROR_CODES.keyNotFound);
  client.close();
});
`;

const TYPED = `
async function use(): Promise<void> {
  const client: Client = createClient({ endpoints: 'http://127.0.0.1:2379', tls: { ca: 'x' } });
  const { node, index } = await client.keys.get('/k', { signal: AbortSignal.timeout(5), recursive: true });
  const value: string | undefined = node.value;
  const next: number = index + 1;
  await client.keys.compareAndSwap('/k', 'v', { prevIndex: next }, { ttlSeconds: 5 });
  try {
    await client.keys.create('/k', value ?? '');
  } catch (error) {
    const known = error as ClientError;
    switch (known.kind) {
      case 'etcd': {
        const { code, cause }: { code: number; cause: string } = known;
        console.log(code, cause);
        break;
      }
      case 'refused':
      case 'notUnderstood':
        console.log(known.status);
        break;
      case 'unreachable':
      case 'timeout':
        console.log(known.maybeCarriedOut, known.failures[0]?.endpoint);
        break;
      default: {
        const nothing: never = known;
        console.log(nothing);
      }
    }
  }
  for await (const change of client.watch('/k', { recursive: true, from: await client.keys.list('/') })) {
    const isSynthesized: boolean = change.isSynthesized;
    console.log(isSynthesized, change.prevNode?.value);
  }
  const done: string = await client.locks.with('name', {}, async (lock) => String(lock.token));
  const config = await client.watchConfig('/config', {
    schema: (value) => ({ port: Number((value as { port: string }).port), done }),
    onChange: (now, before) => console.log(now.port - before.port),
  });
  const port: number = config.value.port;
  // @ts-expect-error: the schema says what there is
  console.log(port, config.value.host);
  const parsed = await client.watchConfig('/config', { schema: { parse: (value: unknown): Date => new Date(String(value)) } });
  const date: Date = parsed.value;
  const standard: StandardSchema<{ x: 1 }> = {
    '~standard': { version: 1, vendor: 'v', validate: () => ({ issues: [{ message: String(date) }] }) },
  };
  const one: 1 = (await client.watchConfig('/config', { schema: standard })).value.x;
  console.log(one);
  // @ts-expect-error: a value is a text
  await client.keys.set('/k', 5);
  // @ts-expect-error: no such option
  await client.keys.set('/k', 'v', { ttl: 5 });
  // @ts-expect-error: the endpoints have to be given
  createClient({});
}
void use;
`;

const reason = existsSync(join(ROOT, 'dist/client/index.d.ts'))
  ? undefined
  : 'dist/ is missing: run npm run build first';
if (reason === undefined) describe('cairn/client', suite);
else describe.skip(`cairn/client (skipped: ${reason})`, suite);

function suite(): void {
  const place = mkdtempSync(join(tmpdir(), 'client-package-'));

  beforeAll(() => {
    mkdirSync(join(place, 'node_modules/@types'), { recursive: true });
    symlinkSync(ROOT, join(place, 'node_modules/cairn'));
    symlinkSync(join(ROOT, 'node_modules/@types/node'), join(place, 'node_modules/@types/node'));
    symlinkSync(join(ROOT, 'node_modules/undici-types'), join(place, 'node_modules/undici-types'));
  });

  afterAll(() => {
    rmSync(place, { recursive: true, force: true });
  });

  function run(file: string, text: string, ...command: readonly string[]): string {
    writeFileSync(join(place, file), text);
    const { stdout, stderr } = spawnSync(process.execPath, [...command, file], { cwd: place, encoding: 'utf8' });
    return stdout + stderr;
  }

  it('is loaded by require and by import, as the same classes', () => {
    const names = '{ createClient, UnreachableError, ERROR_CODES }';
    expect(run('use.cjs', `const ${names} = require('cairn/client');${USE}`)).toBe('true unreachable number\n');
    expect(run('use.mjs', `import ${names} from 'cairn/client';${USE}`)).toBe('true unreachable number\n');
    const both = `import { createRequire } from 'node:module'; import * as esm from 'cairn/client';
      console.log(createRequire(import.meta.url)('cairn/client').EtcdError === esm.EtcdError);`;
    expect(run('both.mjs', both)).toBe('true\n');
  });

  it('has no warning of leaks for many requests with one signal', () => {
    const text = `const { createClient } = require('cairn/client');
      const client = createClient({ endpoints: 'http://127.0.0.1:1', roundsMax: 1 });
      const { signal } = new AbortController();
      Promise.allSettled(Array.from({ length: 20 }, () => client.keys.get('/k', { signal }))).then(() => console.log('done'));`;
    expect(run('signal.cjs', text)).toBe('done\n');
  });

  it('has types for CommonJS and for ESM', () => {
    const text = `import { createClient, type Client, type ClientError, type StandardSchema } from 'cairn/client';${TYPED}`;
    writeFileSync(join(place, 'use.cts'), text);
    const options = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess'];
    const modules = ['--module', 'node16', '--target', 'es2022', '--lib', 'es2022', '--types', 'node'];
    expect(run('use.mts', text, TSC, ...options, ...modules, 'use.cts')).toBe('');
  });

  it('needs nothing but Node.js', () => {
    const seen = new Set<string>();
    const others = new Set<string>();
    const follow = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(/require\("([^"]+)"\)/g)) {
        if (name.startsWith('.')) follow(`${join(dirname(file), name)}.js`);
        else if (!builtinModules.includes(name.replace(/^node:/, ''))) others.add(name);
      }
    };
    follow(join(ROOT, 'dist/client/index.js'));
    expect(seen.size).toBeGreaterThan(10);
    expect([...others]).toEqual([]);
  });
}
