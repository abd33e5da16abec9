import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
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
import { ClusterFileError, clusterOf } from '../../src/app/clusterFile';

const TOKENS = ['a'.repeat(32), 'b'.repeat(32)];
const SERVICE = 'http://discovery:2379';

let place: string;
let file: string;
let made: number;

function cluster(urlPrefix = SERVICE): { token: string; size: number } {
  return clusterOf(`${file}=3`, urlPrefix, () => TOKENS[made++]!);
}

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'cairn-cluster-file-'));
  file = join(place, 'a=b.yaml');
  made = 0;
});
afterEach(() => {
  rmSync(place, { recursive: true, force: true });
});

test('a token is made once, and whoever starts later finds it', () => {
  expect(cluster()).toEqual({ token: TOKENS[0], size: 3 });
  expect(readFileSync(file, 'utf8')).toBe(`discovery: "${SERVICE}/${TOKENS[0]}"\n`);
  expect(cluster()).toEqual({ token: TOKENS[0], size: 3 });
  expect(made).toBe(1);
  expect(readdirSync(place)).toEqual(['a=b.yaml']);
});

test('nobody else may read it', () => {
  cluster();
  expect(statSync(file).mode & 0o077).toBe(0);
});

test('a service that moved keeps its token', () => {
  cluster();
  expect(cluster('https://elsewhere')).toEqual({ token: TOKENS[0], size: 3 });
  expect(readFileSync(file, 'utf8')).toBe(`discovery: "https://elsewhere/${TOKENS[0]}"\n`);
});

test.each(['', 'name: a\n', `discovery: "${SERVICE}/${TOKENS[0]}"\nname: a\n`, `discovery: "${SERVICE}/short"\n`])(
  'a file that somebody else wrote is left alone (%j)',
  (content) => {
    writeFileSync(file, content);
    expect(() => cluster()).toThrow(/is there and was not written by this program: name another file, or remove it$/);
    expect(readFileSync(file, 'utf8')).toBe(content);
  },
);

test('what is no file is refused, and none is waited for', () => {
  mkdirSync(file);
  expect(() => cluster()).toThrow(ClusterFileError);
  rmSync(file, { recursive: true });
  execFileSync('mkfifo', [file]);
  expect(() => cluster()).toThrow(/cannot read .*: it is a FIFO, expected a file/);
});

test('a draft is not written through a link', () => {
  writeFileSync(join(place, 'precious'), 'precious');
  symlinkSync(join(place, 'precious'), `${file}.new`);
  expect(() => cluster()).toThrow(/cannot write/);
  expect(readFileSync(join(place, 'precious'), 'utf8')).toBe('precious');
});

test('a directory that is not there is said', () => {
  file = join(place, 'missing', 'cluster.yaml');
  expect(() => cluster()).toThrow(/cannot write .*ENOENT.*: name a file in a directory that this user may write to$/);
});
