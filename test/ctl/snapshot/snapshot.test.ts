import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ALONE } from '../../../src/ctl/snapshot/follow/followCommand';
import { snapshot } from '../../../src/ctl/snapshot/snapshot';
import { save } from '../../../src/ctl/snapshot/save';
import { dialTcp } from '../../../src/platform/dial';
import { recordHead, RecordKind } from '../../../src/snapshot/format/records';
import { SnapshotFileWriter } from '../../../src/snapshot/format/fileWriter';
import { encodeRowsChunk } from '../../../src/storage/stateChunk';
import { HEADER } from '../../snapshot/support/sampleFile';
import { fileOfRows, machineAfter, rowsOf, set } from '../../snapshot/support/states';
import { startInProcess, type InProcess } from '../../support/inProcess';
import { captureOutput } from '../output';
import { startLiar, type Liar } from './liar';

const output = captureOutput();
const STATE = rowsOf(machineAfter([set('/a', '1'), set('/b/c', '2', HEADER.takenAtMs + 1000)]));

let directory: string;
let file: string;
let liar: Liar | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-snapshot-'));
  file = join(directory, 'state.snap');
});
afterEach(async () => {
  await liar?.close();
  liar = undefined;
  rmSync(directory, { recursive: true, force: true });
});

function run(...args: readonly string[]): Promise<number> {
  return snapshot(args, {});
}

describe('of a member', () => {
  let member: InProcess;
  beforeAll(async () => {
    member = await startInProcess('all');
    const body = new URLSearchParams({ value: 'v' });
    for (let key = 0; key < 200; key += 1) await fetch(`${member.url}/v2/keys/d/k${key}`, { method: 'PUT', body });
    await fetch(`${member.url}/v2/keys/short`, {
      method: 'PUT',
      body: new URLSearchParams({ value: 'v', ttl: '500' }),
    });
  });
  afterAll(() => member.stop());

  test('is saved, private, and said to be whole', async () => {
    for (const url of [member.url, member.peerUrl]) {
      expect(await run('save', file, `--url=${url}`, '--replace')).toBe(0);
      expect(output.text()).toContain(`saved to ${file}, and it is whole`);
    }
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(['state.snap']);
    expect(await run('status', file)).toBe(0);
    expect(output.text()).toMatch(/^keys {5}20\d keys and directories$/m);
    expect(await run('verify', file)).toBe(0);
    expect(output.text()).toMatch(/^ttl {6}1 keys/m);
    expect(output.text()).toMatch(/^auth {5}off, 0 users/m);
  });

  test('as JSON for programs', async () => {
    await run('save', file, `--url=${member.url}`, '--output=json');
    const said = JSON.parse(output.text());
    expect(said).toMatchObject({
      memberName: 'default',
      isLinearizable: true,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(said.keys).toBeGreaterThan(200);
  });

  test('no file is overwritten unless that is asked for', async () => {
    writeFileSync(file, 'mine');
    expect(await run('save', file, `--url=${member.url}`)).toBe(1);
    expect(output.text()).toContain('is there already; give another file, or --replace');
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(await run('save', file, `--url=${member.url}`, '--replace')).toBe(0);
    expect(await run('status', file)).toBe(0);
  });

  test('what a killed run left does not stand in the way', async () => {
    writeFileSync(`${file}.part`, 'half');
    expect(await run('save', file, `--url=${member.url}`)).toBe(0);
    expect(readdirSync(directory)).toEqual(['state.snap']);
  });

  test('nothing is written through a symbolic link, onto a device or into a FIFO', async () => {
    const elsewhere = join(directory, 'elsewhere');
    writeFileSync(elsewhere, 'untouched');
    symlinkSync(elsewhere, file);
    for (const more of [[], ['--replace']]) expect(await run('save', file, `--url=${member.url}`, ...more)).toBe(1);
    symlinkSync(elsewhere, join(directory, 'other.part'));
    expect(await run('save', join(directory, 'other'), `--url=${member.url}`)).toBe(1);
    expect(output.text()).toContain('is a symbolic link, expected a file or nothing');
    expect(readFileSync(elsewhere, 'utf8')).toBe('untouched');
    execFileSync('mkfifo', [join(directory, 'fifo')]);
    for (const path of ['/dev/full', join(directory, 'fifo')]) {
      expect(await run('save', path, `--url=${member.url}`, '--replace')).toBe(1);
    }
    expect(lstatSync('/dev/full').isCharacterDevice()).toBe(true);
    expect(existsSync('/dev/full.part')).toBe(false);
  });

  test.each([['in/no/directory'], ['']])('a directory that is not there: %p', async (name) => {
    expect(await run('save', join(directory, name === '' ? '.' : name), `--url=${member.url}`)).toBe(1);
    expect(readdirSync(directory)).toEqual([]);
  });
});

test.each(['before a byte came', 'in the midst'])('nothing stays of a save that is stopped %s', async (moment) => {
  let [asked, stop] = [(): void => undefined, (): void => undefined];
  const isAsked = new Promise<void>((resolve) => (asked = resolve));
  liar = await startLiar((_, response) => {
    if (moment === 'in the midst') response.write(fileOfRows(STATE).subarray(0, 100));
    asked();
  });
  const onStop = (act: (signal: NodeJS.Signals) => void): void => {
    stop = () => {
      act('SIGTERM');
    };
  };
  const saving = snapshot(['save', file, `--url=${liar.url}`], {}, { ...ALONE, onStop });
  await isAsked;
  await new Promise((passed) => setTimeout(passed, 100));
  expect(readdirSync(directory)).toEqual(['state.snap.part']);
  stop();
  expect(await saving).toBe(1);
  expect(output.text()).toContain('stopped before its end: nothing was kept');
  expect(readdirSync(directory)).toEqual([]);
});

/** What comes of a server that answers so. */
async function savedFrom(
  answer: (write: (bytes: Uint8Array) => void, end: () => void, breakOff: () => void) => void,
  silenceMaxMs = 5000,
): Promise<string> {
  liar = await startLiar((_, response) => {
    answer(
      (bytes) => response.write(bytes),
      () => response.end(),
      // Once what was written is on its way.
      () => setImmediate(() => response.destroy()),
    );
  });
  const options = { url: liar.url, dial: dialTcp, file, replaces: false, quorum: true, silenceMaxMs };
  const outcome = await save(options).then(
    () => 'saved',
    (error: unknown) => String(error),
  );
  expect(readdirSync(directory)).toEqual(outcome === 'saved' ? ['state.snap'] : []);
  return outcome;
}

const WHOLE = fileOfRows(STATE);

test('a whole one from anywhere is kept', async () => {
  expect(
    await savedFrom((write, end) => {
      write(WHOLE);
      end();
    }),
  ).toBe('saved');
  expect(readFileSync(file).equals(WHOLE)).toBe(true);
});

describe('of a lying server nothing is kept:', () => {
  test('an answer that ends early', async () => {
    const said = await savedFrom((write, end) => {
      write(WHOLE.subarray(0, -1));
      end();
    });
    expect(said).toContain(`is no whole snapshot: byte ${WHOLE.length - 1}`);
  });

  test('one that is broken off in the middle', async () => {
    const said = await savedFrom((write, _end, breakOff) => {
      write(WHOLE.subarray(0, -1));
      breakOff();
    });
    expect(said).toMatch(
      /broke off before the end of the snapshot; nothing was kept. Try again, or ask another member/,
    );
  });

  test('one that says nothing any more', async () => {
    expect(await savedFrom((write) => write(WHOLE.subarray(0, 100)), 50)).toContain('nothing came for 0.05 s');
  });

  test('something else', async () => {
    const said = await savedFrom((write, end) => {
      write(Buffer.from('<html>'.repeat(10)));
      end();
    });
    expect(said).toContain('no snapshot of Cairn');
  });

  test('a length that no part has', async () => {
    const head = Buffer.alloc(9, 0xff);
    head[4] = RecordKind.chunk;
    const said = await savedFrom((write) => {
      for (const piece of new SnapshotFileWriter().begin(HEADER)) write(piece);
      write(head);
    });
    expect(said).toContain('4294967295 bytes');
  });

  test('parts that repeat for ever', async () => {
    const said = await savedFrom((write) => {
      const writer = new SnapshotFileWriter();
      for (const piece of writer.begin(HEADER)) write(piece);
      for (let number = 0; number < 50; number += 1) {
        for (const piece of writer.chunk(encodeRowsChunk(number, [{ table: 'node', key: '/a', value: '' }])))
          write(piece);
      }
    });
    expect(said).toContain('not in order');
  });

  test('a part that is none', async () => {
    const body = Buffer.from('nothing');
    const said = await savedFrom((write) => {
      for (const piece of new SnapshotFileWriter().begin(HEADER)) write(piece);
      write(Buffer.concat([recordHead(RecordKind.chunk, body), body]));
    });
    expect(said).toContain('this part of the state cannot be read');
  });

  test('a refusal, with its words, and the option for what it says to ask', async () => {
    liar = await startLiar((_, response) => {
      response.writeHead(503, { 'Content-Type': 'text/plain' });
      response.end('take what this member has with ?quorum=false\n');
    });
    expect(await run('save', file, `--url=${liar.url}`)).toBe(1);
    expect(output.text()).toContain('take what this member has with --without-quorum');
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe('TTLs', () => {
  const said = async (...words: string[]): Promise<string> => {
    const before = output.text().length;
    expect(await run(...words)).toBe(0);
    return output.text().slice(before);
  };
  const fileWith = (...commands: Parameters<typeof machineAfter>[0]): string => {
    const path = join(directory, 'ttls.snap');
    writeFileSync(path, fileOfRows(rowsOf(machineAfter(commands))));
    return path;
  };
  const [OVER, AHEAD] = [1000, 2 ** 47];

  test('that are over are counted by status, verify and restore, which says what becomes of them', async () => {
    const path = fileWith(set('/a', '1', OVER), set('/b', '1', OVER), set('/c', '1', AHEAD), set('/d', '1'));
    const counted = 'ttl      3 keys and directories have one; of 2 of them the date has passed';
    expect(await said('status', path)).toContain(`${counted}\n`);
    expect(await said('verify', path)).toContain(`${counted}\n`);
    expect(await said('restore', path, `--data-dir=${join(directory, 'kept')}`)).toContain(
      `${counted}: they go when the cluster starts; --ttl keep-left, into another directory, gives them what was left\n`,
    );
    for (const action of ['status', 'verify'])
      expect(JSON.parse(await said(action, path, '--output=json'))).toMatchObject({ keysWithTtl: 3, ttlsOver: 2 });
    const restored = await said('restore', path, `--data-dir=${join(directory, 'json')}`, '--output=json');
    expect(JSON.parse(restored)).toMatchObject({ keysWithTtl: 3, ttlsOver: 2 });
    // What was left is nothing, so there is nothing to advise.
    const left = await said('restore', path, `--data-dir=${join(directory, 'left')}`, '--ttl=keep-left');
    expect(left).toContain(`${counted}: they go when the cluster starts\n`);
  });

  test('are not spoken of where there are none', async () => {
    const path = fileWith(set('/a', '1'));
    expect(await said('restore', path, `--data-dir=${join(directory, 'none')}`)).not.toMatch(/^ttl/m);
    expect(await said('status', path)).toContain('ttl      0 keys and directories have one\n');
  });
});

describe('a damaged file', () => {
  const said = async (action: string, bytes: Uint8Array): Promise<string> => {
    writeFileSync(file, bytes);
    const before = output.text().length;
    expect(await run(action, file)).toBe(1);
    return output.text().slice(before);
  };

  test('is refused by status and verify, with its name and the place', async () => {
    for (const action of ['status', 'verify']) {
      for (const at of [0, 15, 40, WHOLE.length >> 1, WHOLE.length - 1]) {
        const flipped = Buffer.from(WHOLE);
        flipped[at]! ^= 1;
        expect(await said(action, flipped)).toMatch(/state\.snap is not whole: byte \d+: /);
        expect(await said(action, WHOLE.subarray(0, at))).toContain(`byte ${at}: the file ends here`);
      }
    }
  });

  test('whose bytes are well but make no state is found by verify', async () => {
    const orphan = [...STATE, { table: 'node' as const, key: '/z/no/parent', value: STATE[0]!.value }];
    const ordered = orphan.sort((a, b) => (`${a.table[0]}${a.key}` < `${b.table[0]}${b.key}` ? -1 : 1));
    expect(await said('verify', fileOfRows(ordered.filter(({ table }) => table === 'node')))).toContain('no state');
  });
});

test('a user without a password is told so', async () => {
  expect(await snapshot(['save', file, '--url=http://127.0.0.1:1'], { ETCDCTL_USER: 'root' })).toBe(2);
  expect(output.text()).toContain('ETCDCTL_USER is not like NAME:PASSWORD');
  expect(readdirSync(directory)).toEqual([]);
});

test('where no member can be, no file is begun that would stay behind, and stay open', async () => {
  const openFiles = (): number => readdirSync('/proc/self/fd').length;
  const options = { dial: dialTcp, file, replaces: false, quorum: true };
  const before = openFiles();
  await expect(save({ ...options, url: 'http://127.0.0.1:1/path' })).rejects.toThrow('nothing behind the port');
  expect([readdirSync(directory), openFiles()]).toEqual([[], before]);
});

test('what is no file is not read', async () => {
  for (const path of ['/dev/zero', directory, join(directory, 'absent')]) {
    expect(await run('verify', path)).toBe(1);
  }
  expect(output.text()).toContain('it is a device, expected a file');
});

test.each([
  [['frobnicate', 'FILE'], '"frobnicate" is no action; give one of save'],
  [['status', 'FILE', '--replace'], '--replace is not for status'],
  [['save'], 'FILE is missing'],
  [['status', 'FILE', '--output=xml'], '--output "xml": give one of text, json'],
])('%p is a mistake', async (args, text) => {
  expect(await run(...args)).toBe(2);
  expect(output.text()).toContain(text);
});
