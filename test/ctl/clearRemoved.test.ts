import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clearRemoved, type AskMembers } from '../../src/ctl/clearRemoved';
import { DIFFERING_FILE, differingFileText } from '../../src/platform/differingDirectory';
import { knownClusterIn } from '../../src/platform/standbyFile';
import { parseRemovedFile, REMOVED_FILE, removedFileText } from '../../src/platform/removedFile';
import { mount, unmount, whyNotMounted } from '../processes/mounts';
import { captureOutput } from './output';

const KNOWN = { clusterId: 'c1', members: [{ peerURLs: ['http://b:1'] }] };

const nobodyAnswers: AskMembers = () => Promise.reject(new Error('connection refused'));

describe('cairn clear-removed', () => {
  const output = captureOutput();
  const note = { memberId: 'a1', clusterId: 'c1', peerURLs: ['http://127.0.0.1:1', 'http://127.0.0.1:2'] };
  let volume = '';
  let data = '';

  beforeEach(() => {
    volume = mkdtempSync(join(tmpdir(), 'clear-removed-'));
    data = join(volume, 'data');
    makeData('x');
  });

  afterEach(() => {
    rmSync(volume, { recursive: true });
  });

  function makeData(content: string): void {
    mkdirSync(join(data, 'db'), { recursive: true });
    writeFileSync(join(data, 'db', 'CURRENT'), content);
  }

  function clear(ask: AskMembers = nobodyAnswers): Promise<number> {
    return clearRemoved(['--data-dir', `${data}/`], ask);
  }

  it('moves the directory of a removed member aside and says what that takes', async () => {
    writeFileSync(join(data, REMOVED_FILE), removedFileText(note));
    expect(await clear()).toBe(0);
    expect(readdirSync(volume)).toEqual(['data.removed-1']);
    expect(existsSync(join(`${data}.removed-1`, 'db', 'CURRENT'))).toBe(true);
    expect(output.text()).toContain(`of a removed member, moved to ${data}.removed-1 (the newest 2 are kept)`);
    expect(output.text()).toMatch(/0\.0 MiB are kept, [\d.]+ MiB are free on the volume/);
  });

  const reason = whyNotMounted();
  (reason === undefined ? it : it.skip)('says what to do where the directory cannot be moved aside', async () => {
    expect(mount('-t', 'tmpfs', 'tmpfs', data)).toBeUndefined();
    try {
      writeFileSync(join(data, REMOVED_FILE), removedFileText(note));
      expect(await clear()).toBe(1);
      expect(output.text()).toContain(
        `${data} is a mount point, which cannot be moved aside; nothing was changed. Mount`,
      );
    } finally {
      unmount(data);
    }
    expect(mount('-t', 'tmpfs', 'tmpfs', volume)).toBeUndefined();
    try {
      makeData('x');
      writeFileSync(join(data, REMOVED_FILE), removedFileText(note));
      expect(mount('-o', 'remount,ro', volume)).toBeUndefined();
      expect(await clear()).toBe(1);
      expect(output.text()).toContain(`${volume} is read-only, so ${data} cannot be moved aside; nothing was changed.`);
    } finally {
      unmount(volume);
    }
  });

  it.each([
    [REMOVED_FILE, 'member.removed-1', removedFileText(note), []],
    [DIFFERING_FILE, 'member.differs-1', differingFileText(KNOWN), ['STANDBY']],
  ])(
    'of a directory behind a link it moves what is there, and the link leads to one without data: %s',
    async (mark, aside, text, left) => {
      const disk = join(volume, 'disk');
      mkdirSync(disk);
      writeFileSync(join(data, mark), text);
      renameSync(data, join(disk, 'member'));
      symlinkSync(join('disk', 'member'), data);
      expect(await clear()).toBe(0);
      expect(lstatSync(data).isSymbolicLink()).toBe(true);
      expect([readdirSync(data), readdirSync(disk).sort()]).toEqual([left, ['member', aside]]);
      expect(existsSync(join(disk, aside, 'db', 'CURRENT'))).toBe(true);
    },
  );

  it('keeps the newest two, and what somebody else put beside them', async () => {
    mkdirSync(`${data}.removed`);
    writeFileSync(join(`${data}.removed`, 'copy'), 'mine');
    for (let round = 1; round <= 4; round++) {
      makeData('x');
      writeFileSync(join(data, REMOVED_FILE), '');
      expect(await clear()).toBe(0);
    }
    expect(readdirSync(volume).sort()).toEqual(['data.removed', 'data.removed-3', 'data.removed-4']);
    expect(readFileSync(join(`${data}.removed`, 'copy'), 'utf8')).toBe('mine');
  });

  it.each([
    ['one of them lists it', [[], ['a1', 'b2']], true],
    ['none lists it', [['b2'], ['b2']], false],
  ] as const)('asks the members first: %s', async (_what, listings, stays) => {
    writeFileSync(join(data, REMOVED_FILE), removedFileText(note));
    const ids = new Map(note.peerURLs.map((url, position) => [url, listings[position] ?? []]));
    const ask: AskMembers = (url) =>
      Promise.resolve({ clusterId: 'c1', members: (ids.get(url) ?? []).map((id) => ({ id })) });
    expect(await clear(ask)).toBe(0);
    expect(existsSync(data)).toBe(stays);
    if (stays) expect(output.text()).toContain('http://127.0.0.1:2 still lists member a1; left alone');
  });

  it('does not go by another cluster', async () => {
    writeFileSync(join(data, REMOVED_FILE), removedFileText(note));
    expect(await clear(() => Promise.resolve({ clusterId: 'c2', members: [{ id: 'a1' }] }))).toBe(0);
    expect(existsSync(data)).toBe(false);
  });

  it('moves a directory with a wrong state aside, and keeps the earlier ones', async () => {
    for (const number of [1, 2, 3]) {
      makeData(String(number));
      writeFileSync(join(data, DIFFERING_FILE), differingFileText(KNOWN));
      expect(await clear()).toBe(0);
      expect(output.text()).toContain(`moved aside to ${data}.differs-${number}`);
    }
    expect(readdirSync(volume).sort()).toEqual(['data', 'data.differs-1', 'data.differs-2', 'data.differs-3']);
  });

  it('leaves the cluster that the mark of a wrong state names, so that what begins there founds no other', async () => {
    writeFileSync(join(data, DIFFERING_FILE), differingFileText(KNOWN));
    expect(await clear()).toBe(0);
    expect(readdirSync(`${data}.differs-1`)).toContain('db');
    expect(knownClusterIn(readFileSync(join(data, 'STANDBY'), 'utf8'))).toEqual(KNOWN);
  });

  it('leaves one with a wrong state alone where nobody knows its cluster: what began there could found another one', async () => {
    writeFileSync(join(data, DIFFERING_FILE), differingFileText(undefined));
    expect(await clear()).toBe(0);
    expect([readdirSync(volume), readdirSync(data).sort()]).toEqual([['data'], [DIFFERING_FILE, 'db']]);
    expect(output.text()).toContain(
      'nothing in it names the other members; left alone. Start the member with --auto-rejoin',
    );
  });

  it('leaves any other directory alone', async () => {
    expect(await clear()).toBe(0);
    expect(existsSync(join(data, 'db', 'CURRENT'))).toBe(true);
    expect(output.text()).toContain('left alone');
  });

  it('is content if there is nothing yet, and says so', async () => {
    expect(await clearRemoved(['--data-dir', join(volume, 'absent')], nobodyAnswers)).toBe(0);
    mkdirSync(join(volume, 'empty'));
    expect(await clearRemoved(['--data-dir', join(volume, 'empty')], nobodyAnswers)).toBe(0);
    writeFileSync(join(volume, 'file'), '');
    expect(await clearRemoved(['--data-dir', join(volume, 'file')], nobodyAnswers)).toBe(0);
    expect(output.text()).toBe(
      `${volume}/absent: there is no such directory, nothing to clear\n` +
        `${volume}/empty: an empty directory, nothing to clear\n` +
        `${volume}/file: this is no directory, nothing was cleared\n`,
    );
  });

  it('needs to be told the directory', async () => {
    expect(await clearRemoved([], nobodyAnswers)).toBe(2);
    expect(output.text()).toContain('--data-dir is missing');
  });
});

test.each(['', 'The cluster removed this member.\n', 'x\n{"memberId":1}', 'x\nnull'])(
  'a mark without a note is none: %j',
  (text) => {
    expect(parseRemovedFile(text)).toBeUndefined();
  },
);
