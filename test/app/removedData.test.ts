/** The data directory of a removed member that waits for a place: what stands where after each step, and after a crash between two. */
import {
  existsSync,
  lstatSync,
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
import {
  exchangeForStandby,
  finishExchange,
  keepStandbyNote,
  leaveStandbyNote,
  readStandbyNote,
} from '../../src/app/removedData';
import { JoinError } from '../../src/discovery/beginning';
import { openDataDirectory } from '../../src/storage/dataDirectory';
import { mount, unmount, whyNotMounted } from '../processes/mounts';

const NOTE = { clusterId: 'c1', members: [{ peerURLs: ['http://a:1', 'http://a:2'] }, { peerURLs: ['http://b:1'] }] };

let volume: string;
let data: string;
const lines: string[] = [];
const logger = { warn: (_fields: object, text: string): void => void lines.push(text) };

beforeEach(() => {
  lines.length = 0;
  volume = mkdtempSync(join(tmpdir(), 'removed-'));
  data = join(volume, 'data');
  mkdirSync(data);
  writeFileSync(join(data, 'row'), 'kept');
});

afterEach(() => rmSync(volume, { recursive: true }));

test('the data are kept aside, and a private directory with the note takes their place', async () => {
  expect(await exchangeForStandby(`${data}/`, NOTE, logger)).toBe(`${data}.removed-1`);
  expect(readFileSync(join(`${data}.removed-1`, 'row'), 'utf8')).toBe('kept');
  expect([readdirSync(data), statSync(data).mode & 0o777]).toEqual([['STANDBY'], 0o700]);
  expect(await readStandbyNote(data)).toEqual(NOTE);
  expect(readdirSync(volume).sort()).toEqual(['data', 'data.removed-1']);
});

test('where a link leads to the data, everything is done where they are, and the link goes on to lead there', async () => {
  mkdirSync(join(volume, 'disk'));
  renameSync(data, join(volume, 'disk', 'member'));
  symlinkSync('disk/member', data);
  expect(await exchangeForStandby(`${data}/`, NOTE, logger)).toBe(join(volume, 'disk', 'member.removed-1'));
  expect([readdirSync(volume).sort(), lstatSync(data).isSymbolicLink()]).toEqual([['data', 'disk'], true]);
  expect(await readStandbyNote(data)).toEqual(NOTE);

  renameSync(join(volume, 'disk', 'member'), join(volume, 'disk', 'member.standby-new'));
  await finishExchange(data);
  expect(await readStandbyNote(data)).toEqual(NOTE);
});

const mounting = whyNotMounted() === undefined ? test : test.skip;
mounting('a mount point keeps its data, and what was prepared for its place goes', async () => {
  expect(mount('-t', 'tmpfs', 'tmpfs', data)).toBeUndefined();
  try {
    writeFileSync(join(data, 'row'), 'mounted');
    // A kill right before the first rename, which a mount point refuses.
    mkdirSync(`${data}.standby-new`);
    writeFileSync(join(`${data}.standby-new`, 'STANDBY'), '{}');
    await finishExchange(data);
    expect([readdirSync(volume), readdirSync(data)]).toEqual([['data'], ['row']]);
  } finally {
    unmount(data);
  }
});

test('a link that leads nowhere is for whoever opens the directory to refuse', async () => {
  symlinkSync('loop', join(volume, 'loop'));
  await finishExchange(join(volume, 'loop'));
  expect(readdirSync(volume).sort()).toEqual(['data', 'loop']);
});

test('of several removals the newest two are kept', async () => {
  for (let number = 1; number <= 3; number++)
    expect(await exchangeForStandby(data, NOTE, logger)).toBe(`${data}.removed-${number}`);
  expect(readdirSync(volume).sort()).toEqual(['data', 'data.removed-2', 'data.removed-3']);
});

test('a crash before the data were moved changes nothing, one after it is finished by the next start', async () => {
  await exchangeForStandby(data, NOTE, logger);
  renameSync(data, `${data}.standby-new`);
  await finishExchange(data);
  expect(await readStandbyNote(data)).toEqual(NOTE);

  mkdirSync(`${data}.standby-new`);
  writeFileSync(join(`${data}.standby-new`, 'STANDBY'), 'half');
  await finishExchange(data);
  expect(await readStandbyNote(data)).toEqual(NOTE);
  expect(existsSync(`${data}.standby-new`)).toBe(false);
  expect(await exchangeForStandby(data, NOTE, logger)).toBe(`${data}.removed-2`);
});

test('an empty directory that was made in the place of the moved data does not cost the note', async () => {
  await exchangeForStandby(data, NOTE, logger);
  renameSync(data, `${data}.standby-new`);
  mkdirSync(data);
  await finishExchange(data);
  expect(await readStandbyNote(data)).toEqual(NOTE);
  expect(existsSync(`${data}.standby-new`)).toBe(false);
});

test('what cannot be finished is said as what it is', async () => {
  mkdirSync(join(`${data}.standby-new`, 'foreign'), { recursive: true });
  writeFileSync(join(`${data}.standby-new`, 'STANDBY'), 'half');
  await expect(finishExchange(data)).rejects.toMatchObject({
    name: 'StorageError',
    message: expect.stringMatching(/cannot put in the place of .*data, or remove, .*standby-new: ENOTEMPTY/) as unknown,
  });
});

test('a start where nothing of it is there does nothing', async () => {
  await finishExchange(data);
  await finishExchange(join(volume, 'absent'));
  expect(readdirSync(volume)).toEqual(['data']);
});

test('what somebody else has put in the way stays, and so do the data', async () => {
  mkdirSync(join(`${data}.standby-new`, 'foreign'), { recursive: true });
  await expect(exchangeForStandby(data, NOTE, logger)).rejects.toThrow('ENOTEMPTY');
  expect([readdirSync(data), readdirSync(`${data}.standby-new`)]).toEqual([['row'], ['foreign']]);
});

test('a directory that cannot be moved is left with its data, and nothing beside it', async () => {
  await expect(exchangeForStandby(join(volume, 'absent'), NOTE, logger)).rejects.toThrow('ENOENT');
  expect(readdirSync(volume)).toEqual(['data']);
});

test('the directory can be begun in, with the note in it', async () => {
  await exchangeForStandby(data, NOTE, logger);
  const opened = await openDataDirectory({ path: data });
  expect(opened.created).toBe(true);
  await opened.close();
  expect(await readStandbyNote(data)).toEqual(NOTE);
});

test('the note follows the members, and is made nowhere else', async () => {
  await keepStandbyNote(data, NOTE, logger);
  expect(await readStandbyNote(data)).toBeUndefined();
  await exchangeForStandby(data, NOTE, logger);
  const newer = { ...NOTE, members: [{ peerURLs: ['http://d:1'] }] };
  await keepStandbyNote(data, newer, logger);
  expect([await readStandbyNote(data), readdirSync(data), lines]).toEqual([newer, ['STANDBY'], []]);
});

test('one that waits without ever having been a member leaves a note beside what is there, or says that it cannot', async () => {
  await leaveStandbyNote(data, NOTE, logger);
  expect([await readStandbyNote(data), readdirSync(data).sort(), lines]).toEqual([NOTE, ['STANDBY', 'row'], []]);
  await leaveStandbyNote(join(data, 'absent'), NOTE, logger);
  expect(lines).toEqual(['cannot note whom to ask after a restart']);
});

test('a note of version 0.2 says no more than the URLs: each counts as a member', async () => {
  writeFileSync(join(data, 'STANDBY'), 'sentence\n{"clusterId":"c","peerURLs":["http://a:1",7,"http://b:1"]}\n');
  const members = [{ peerURLs: ['http://a:1'] }, { peerURLs: ['http://b:1'] }];
  expect(await readStandbyNote(data)).toEqual({ clusterId: 'c', members });
  await keepStandbyNote(data, NOTE, logger);
  // What that version reads is still there.
  const [, note = ''] = readFileSync(join(data, 'STANDBY'), 'utf8').split('\n');
  expect(JSON.parse(note)).toMatchObject({ clusterId: 'c1', peerURLs: ['http://a:1', 'http://a:2', 'http://b:1'] });
});

test.each([
  ['sentence\n{"clusterId":"c","peerURLs":["http://a:1"],"members":[[],7,["x"]]}', 'it is not what Cairn writes'],
  ['', 'it is not what Cairn writes'],
  ['sentence\n{"clusterId":1,"peerURLs":["http://a:1"]}', 'it is not what Cairn writes'],
  ['sentence\n{"clusterId":"c","peerURLs":["no url",7]}', 'it is not what Cairn writes'],
  ['sentence\nnull', 'it is not what Cairn writes'],
])('a note that says %j keeps the process from founding another cluster', async (text, reason) => {
  writeFileSync(join(data, 'STANDBY'), text);
  const read = readStandbyNote(data);
  await expect(read).rejects.toBeInstanceOf(JoinError);
  await expect(read).rejects.toThrow(`${join(data, 'STANDBY')} says that this process waits for a place`);
  await expect(readStandbyNote(data)).rejects.toThrow(reason);
});

test('a directory where the note should be is said', async () => {
  mkdirSync(join(data, 'STANDBY'));
  await expect(readStandbyNote(data)).rejects.toThrow(/it is a directory, expected a file; remove it/);
});
