import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leaveDiffering, markDiffering } from '../../src/app/differingState';
import { StateDiffersError } from '../../src/member/integrityCheck';
import { DIFFERING_FILE, differingFileText } from '../../src/platform/differingDirectory';
import { finishExchange, readStandbyNote } from '../../src/app/removedData';
import { REMOVED_FILE } from '../../src/platform/removedFile';
import { STANDBY_FILE, standbyFileText } from '../../src/platform/standbyFile';
import { mount, unmount, whyNotMounted } from '../processes/mounts';

let volume: string;
let data: string;
const lines: string[] = [];
const logger = {
  warn: (_fields: object, text: string): void => void lines.push(text),
  error: (_fields: object, text: string): void => void lines.push(text),
} as unknown as Parameters<typeof markDiffering>[2] & Parameters<typeof leaveDiffering>[2];

beforeEach(() => {
  lines.length = 0;
  volume = mkdtempSync(join(tmpdir(), 'differing-'));
  data = join(volume, 'data');
  mkdirSync(join(data, 'db'), { recursive: true });
});

afterEach(() => rmSync(volume, { recursive: true }));

test('a directory without the mark is left alone', async () => {
  await leaveDiffering(data, { autoRejoin: true, forceNewCluster: false, namesOthers: true }, logger);
  expect([existsSync(join(data, 'db')), lines]).toEqual([true, []]);
});

test('a marked one is moved aside whole, and said so', async () => {
  markDiffering(data, undefined, logger);
  expect(lines).toEqual([]);
  await leaveDiffering(`${data}/`, { autoRejoin: true, forceNewCluster: false, namesOthers: true }, logger);
  expect(existsSync(data)).toBe(false);
  expect(existsSync(join(`${data}.differs-1`, 'db'))).toBe(true);
  expect(existsSync(join(`${data}.differs-1`, DIFFERING_FILE))).toBe(true);
  expect(lines[0]).toContain(`moved aside to ${data}.differs-1`);
});

const KNOWN = { clusterId: 'c1', members: [{ peerURLs: ['http://b:1'] }, { peerURLs: ['http://c:1', 'http://c:2'] }] };
const ALONE = { autoRejoin: true, forceNewCluster: false, namesOthers: false };

test('what begins in its place comes back to the cluster that the mark names, whatever the options say', async () => {
  markDiffering(data, KNOWN, logger);
  await leaveDiffering(data, ALONE, logger);
  expect(existsSync(join(`${data}.differs-1`, 'db'))).toBe(true);
  expect(await readStandbyNote(data)).toEqual(KNOWN);
});

test('a mark without a cluster leaves the note with which the member came once', async () => {
  writeFileSync(join(data, STANDBY_FILE), standbyFileText(KNOWN));
  markDiffering(data, undefined, logger);
  await leaveDiffering(data, ALONE, logger);
  expect(await readStandbyNote(data)).toEqual(KNOWN);
});

test('where neither the mark nor the options name another member, no second cluster is founded', async () => {
  markDiffering(data, undefined, logger);
  await expect(leaveDiffering(data, ALONE, logger)).rejects.toThrow(
    /would found a second cluster\. Start it with --join-urls/,
  );
  expect(existsSync(join(data, DIFFERING_FILE))).toBe(true);
});

test('who knows less than the mark leaves it as it is, and who knows more writes it anew', () => {
  markDiffering(data, KNOWN, logger);
  const text = readFileSync(join(data, DIFFERING_FILE), 'utf8');
  markDiffering(data, undefined, logger);
  expect(readFileSync(join(data, DIFFERING_FILE), 'utf8')).toBe(text);
  markDiffering(data, { ...KNOWN, clusterId: 'c2' }, logger);
  expect(readFileSync(join(data, DIFFERING_FILE), 'utf8')).toBe(text.replace('c1', 'c2'));
  expect([readdirSync(data).sort(), lines]).toEqual([[DIFFERING_FILE, 'db'], []]);
});

const reason = whyNotMounted();
(reason === undefined ? test : test.skip)('on a full disk an empty mark is left, and one that is there stays', () => {
  rmSync(data, { recursive: true });
  mkdirSync(data);
  expect(mount('-t', 'tmpfs', '-o', 'size=4096', 'tmpfs', data)).toBeUndefined();
  try {
    writeFileSync(join(data, 'full'), Buffer.alloc(4096));
    markDiffering(data, KNOWN, logger);
    expect(lines).toEqual([expect.stringContaining('could not be marked')]);
    expect(readdirSync(data).sort()).toEqual([DIFFERING_FILE, 'full']);
    // The one page there is goes to the mark, and there is none for another.
    writeFileSync(join(data, 'full'), '');
    markDiffering(data, KNOWN, logger);
    markDiffering(data, { ...KNOWN, clusterId: 'c2' }, logger);
    expect([readdirSync(data).sort(), lines.length]).toEqual([[DIFFERING_FILE, 'full'], 2]);
    expect(readFileSync(join(data, DIFFERING_FILE), 'utf8')).toBe(differingFileText(KNOWN));
  } finally {
    unmount(data);
  }
});

test('behind a link, a crash between the moving and what takes the place is mended by the next start', async () => {
  const link = join(volume, 'link');
  symlinkSync('data', link);
  renameSync(data, `${data}.differs-1`);
  await finishExchange(link);
  expect([readdirSync(link), statSync(data).mode & 0o777]).toEqual([[], 0o700]);
});

test('without --auto-rejoin each start is refused, and nothing is moved', async () => {
  markDiffering(data, undefined, logger);
  for (const _start of [1, 2]) {
    const refused = leaveDiffering(data, { autoRejoin: false, forceNewCluster: false, namesOthers: true }, logger);
    await expect(refused).rejects.toBeInstanceOf(StateDiffersError);
    await expect(refused).rejects.toThrow(/is not served from\. Remove this member.*or set --auto-rejoin/);
  }
  expect(existsSync(join(data, DIFFERING_FILE))).toBe(true);
});

test('a directory that cannot be marked is said so', () => {
  markDiffering(join(volume, 'absent'), undefined, logger);
  expect(lines[0]).toContain('could not be marked');
});

test.each([DIFFERING_FILE, REMOVED_FILE])('no cluster is forced from a directory with the mark %s', async (mark) => {
  writeFileSync(join(data, mark), '');
  const refused = leaveDiffering(data, { autoRejoin: true, forceNewCluster: true, namesOthers: true }, logger);
  await expect(refused).rejects.toThrow(`remove the file ${mark} in it and start again`);
  expect(existsSync(join(data, mark))).toBe(true);
});
