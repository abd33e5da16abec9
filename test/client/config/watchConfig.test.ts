import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigInvalidError, createClient, NoAnswerError, type Client, type ConfigOptions } from '../../../src/client';
import { startInProcess, type InProcess } from '../../support/inProcess';

interface Settings {
  readonly host: string;
  readonly port: number;
}

function settings(value: unknown): Settings {
  const { host, port } = value as Record<string, string>;
  if (host === undefined || !/^\d+$/.test(port ?? '')) throw new Error(`port "${String(port)}" is no number`);
  return { host, port: Number(port) };
}

describe('a configuration that is watched', () => {
  let member: InProcess;
  let client: Client;
  let directory = '';
  let place = '';
  let number = 0;
  const errors: Error[] = [];
  const changes: Settings[] = [];

  beforeAll(async () => {
    member = await startInProcess('all');
  });

  afterAll(async () => {
    await member.stop();
  });

  beforeEach(async () => {
    directory = `/config/${++number}`;
    place = mkdtempSync(join(tmpdir(), 'watch-config-'));
    client = createClient({ endpoints: member.url, timeoutMs: 5000 });
    errors.length = 0;
    changes.length = 0;
    await client.keys.set(`${directory}/host`, 'db');
    await client.keys.set(`${directory}/port`, '1');
  });

  afterEach(() => {
    client.close();
    rmSync(place, { recursive: true, force: true });
  });

  function options(more: Partial<ConfigOptions<Settings>> = {}): ConfigOptions<Settings> {
    return {
      schema: settings,
      onChange: (value) => {
        changes.push(value);
      },
      onError: (error) => {
        errors.push(error);
      },
      settleMs: 30,
      ...more,
    };
  }

  async function until(what: string, isThere: () => boolean): Promise<void> {
    for (let i = 0; i < 1000 && !isThere(); i++) await new Promise((done) => setTimeout(done, 10));
    if (!isThere()) throw new Error(`${what} does not come`);
  }

  it('is what the directory says, with defaults, and follows it', async () => {
    await client.keys.delete(`${directory}/host`);
    const config = await client.watchConfig(directory, options({ defaults: { host: 'localhost', port: '5' } }));
    expect(config.value).toEqual({ host: 'localhost', port: 1 });
    expect(config.source).toBe('cluster');
    await client.keys.set(`${directory}/port`, '2');
    await until('the change', () => changes.length === 1);
    expect(config.value).toEqual({ host: 'localhost', port: 2 });
    await client.keys.rmdir(directory, { recursive: true });
    await until('the deletion', () => changes.length === 2);
    expect(config.value).toEqual({ host: 'localhost', port: 5 });
    await config.close();
    await client.keys.set(`${directory}/port`, '7');
    await new Promise((done) => setTimeout(done, 100));
    expect([config.value.port, changes.length, errors]).toEqual([5, 2, []]);
  });

  it('takes what is written together as one change, and is not told of what changes nothing', async () => {
    const settleMs = 1000;
    const config = await client.watchConfig(directory, options({ settleMs }));
    const beganMs = performance.now();
    await client.keys.set(`${directory}/host`, 'db');
    await client.keys.set(`${directory}/host`, 'db2');
    await client.keys.set(`${directory}/port`, '2');
    const tookMs = performance.now() - beganMs;
    await until('the change', () => changes.at(-1)?.port === 2);
    // A machine that needs longer for three writes sees them apart.
    expect(changes).toHaveLength(tookMs < settleMs ? 1 : changes.length);
    expect(changes.at(-1)).toEqual({ host: 'db2', port: 2 });
    await config.close();
  });

  it('keeps the last good values while wrong ones are written, and says so', async () => {
    const config = await client.watchConfig(directory, options());
    const { node } = await client.keys.set(`${directory}/port`, 'many');
    await until('the complaint', () => errors.length > 0);
    expect(errors[0]).toBeInstanceOf(ConfigInvalidError);
    expect(errors[0]).toMatchObject({ directory, index: expect.any(Number) });
    expect((errors[0] as ConfigInvalidError).index).toBeGreaterThanOrEqual(node.modifiedIndex);
    expect(String(errors[0])).toContain('port "many" is no number');
    expect(config.value.port).toBe(1);
    await client.keys.set(`${directory}/port`, '3');
    await until('the change', () => changes.length === 1);
    expect(config.value.port).toBe(3);
    await config.close();
    await client.keys.set(`${directory}/port`, 'none');
    await expect(client.watchConfig(directory, options())).rejects.toBeInstanceOf(ConfigInvalidError);
  });

  it('takes schemas of other libraries: with parse, and of the standard', async () => {
    const parsed = await client.watchConfig(directory, { schema: { parse: settings } });
    expect(parsed.value.port).toBe(1);
    await parsed.close();
    const schema = (isGood: boolean) => ({
      '~standard': {
        ...{ version: 1 as const, vendor: 'test' },
        validate: async (value: unknown) =>
          Promise.resolve(
            isGood ? { value: settings(value) } : { issues: [{ message: 'no', path: ['a', { key: 'b' }] }] },
          ),
      },
    });
    const standard = await client.watchConfig(directory, { schema: schema(true) });
    const port: number = standard.value.port;
    expect(port).toBe(1);
    await standard.close();
    await expect(client.watchConfig(directory, { schema: schema(false) })).rejects.toThrow('a.b: no');
  });

  it('starts from disk while the cluster is away, and takes it up again', async () => {
    const file = join(place, 'last.json');
    await (await client.watchConfig(directory, options({ file }))).close();
    expect(readdirSync(place)).toEqual(['last.json']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    let url = 'http://127.0.0.1:1';
    // What dials nobody at first, and the member later.
    const { connect } = await import('node:net');
    const later = createClient({
      ...{ endpoints: 'http://127.0.0.1:1', timeoutMs: 300 },
      dial: () => connect(Number(new URL(url).port), '127.0.0.1'),
    });
    const config = await later.watchConfig(directory, options({ file }));
    expect([config.value, config.source]).toEqual([{ host: 'db', port: 1 }, 'file']);
    expect(errors[0]).toBeInstanceOf(NoAnswerError);
    url = member.url;
    await until('the cluster', () => config.source === 'cluster');
    expect(changes).toEqual([]);
    await client.keys.set(`${directory}/port`, '9');
    await until('the change', () => changes.length === 1);
    await config.close();
    expect(readFileSync(file, 'utf8')).toContain('9');
    later.close();
  });

  it('uses the last good values where those of the cluster are wrong', async () => {
    const file = join(place, 'last.json');
    await (await client.watchConfig(directory, options({ file }))).close();
    await client.keys.set(`${directory}/port`, 'wrong');
    const config = await client.watchConfig(directory, options({ file }));
    expect([config.value.port, config.source]).toEqual([1, 'file']);
    await client.keys.set(`${directory}/port`, '4');
    await until('the change', () => changes.length === 1);
    expect([config.value.port, config.source]).toEqual([4, 'cluster']);
    await config.close();
  });

  it('does not believe a file that was damaged, changed, or is of something else', async () => {
    const file = join(place, 'last.json');
    await (await client.watchConfig(directory, options({ file }))).close();
    const good = readFileSync(file, 'utf8');
    const away = createClient({ endpoints: 'http://127.0.0.1:1', timeoutMs: 100 });
    const complaint = async (text: string, of = directory): Promise<string> => {
      writeFileSync(file, text);
      errors.length = 0;
      await expect(away.watchConfig(of, options({ file }))).rejects.toBeInstanceOf(NoAnswerError);
      return String(errors[0]);
    };
    expect(await complaint(good.replace('\\"1\\"', '\\"2\\"'))).toContain('was damaged or changed');
    for (let end = 0; end < good.length - 1; end += 20)
      expect(await complaint(good.slice(0, end))).toMatch(/is no last good configuration, or not a whole one/);
    expect(await complaint('[]')).toContain('is no last good configuration');
    expect(await complaint(good, '/elsewhere')).toContain(`is of ${directory}`);
    rmSync(file);
    execFileSync('mkfifo', [file]);
    errors.length = 0;
    await expect(away.watchConfig(directory, options({ file }))).rejects.toBeInstanceOf(NoAnswerError);
    expect(String(errors[0])).toContain(`${file}: it is a FIFO, expected a file`);
    // Without a file, or with one that cannot be written, everything else goes on.
    const config = await client.watchConfig(directory, options({ file: join(place, 'no/such/place') }));
    expect(config.value.port).toBe(1);
    expect(errors.some((error) => String(error).includes('ENOENT'))).toBe(true);
    await config.close();
    away.close();
  });

  it('goes on when those who are told of it throw', async () => {
    const config = await client.watchConfig(
      directory,
      options({
        onChange: (value) => {
          changes.push(value);
          throw new Error('told in vain');
        },
      }),
    );
    await client.keys.set(`${directory}/port`, '2');
    await until('the first change', () => errors.length === 1);
    await client.keys.set(`${directory}/port`, '3');
    await until('the second change', () => errors.length === 2);
    expect(errors.map(String)).toEqual(['Error: told in vain', 'Error: told in vain']);
    expect(config.value.port).toBe(3);
    await config.close();
  });

  it('can be closed by whoever is told of a change, and outlives errors in telling of errors', async () => {
    const config = await client.watchConfig(
      directory,
      options({
        onChange: async () => {
          await config.close();
          changes.push(config.value);
        },
        onError: (error) => {
          errors.push(error);
          throw error;
        },
      }),
    );
    await client.keys.set(`${directory}/port`, 'wrong');
    await until('the complaint', () => errors.length > 0);
    await client.keys.set(`${directory}/port`, '2');
    await until('the change', () => changes.length === 1);
    await client.keys.set(`${directory}/port`, '3');
    await new Promise((done) => setTimeout(done, 100));
    expect(config.value.port).toBe(2);
  });

  it('is closed by others when what was begun is done', async () => {
    let tell: () => void = () => undefined;
    const told = new Promise<void>((resolve) => {
      tell = resolve;
    });
    let isDone = false;
    let later: Promise<void> | undefined;
    const config = await client.watchConfig(
      directory,
      options({
        onChange: async () => {
          // Of those whom it begins nobody is waited for.
          later = new Promise((done) => setTimeout(done, 300)).then(() => config.close());
          tell();
          await new Promise((done) => setTimeout(done, 100));
          isDone = true;
        },
      }),
    );
    await client.keys.set(`${directory}/port`, '2');
    await told;
    expect(isDone).toBe(false);
    await config.close();
    expect(isDone).toBe(true);
    await later;
  });

  it.each([-1, NaN, Infinity])('does not wait %p ms for quiet', async (settleMs) => {
    await expect(client.watchConfig(directory, options({ settleMs }))).rejects.toThrow(/settleMs has to be a number/);
  });

  it('has no hidden keys, and others under whatever name', async () => {
    for (const name of ['_hidden', 'constructor', 'a/toString']) await client.keys.set(`${directory}/${name}`, 'x');
    const config = await client.watchConfig(directory, { schema: (value) => value as Record<string, unknown> });
    expect(Object.keys(config.value).sort()).toEqual(['a', 'constructor', 'host', 'port']);
    expect(Reflect.get(config.value, 'toString')).toBeUndefined();
    await config.close();
  });
});
