import { isNotFound, storageErrorOf } from '../../src/storage/rocksStatus';

test.each([
  [
    'IO error: No space left on device: While appending to file: /d/000012.log: No space left on device',
    'full',
    /no space left for \/d .*Make room/,
  ],
  ['IO error: No space left on deviceWhile appending to file: /d/1.log', 'full', /left on device: While appending/],
  ['IO error: While fdatasync: /d/000012.log: Disk quota exceeded', 'full', /no space left/],
  [
    'Corruption: block checksum mismatch: expected 1, got 2 in /d/000008.sst',
    'corrupt',
    /stored data is damaged.*delete its data directory/,
  ],
  ['IO error: While lock file: /d/LOCK: Resource temporarily unavailable', 'locked', /in use by another process/],
  ['IO error: lock hold by current process, acquire time 1: /d/LOCK: No locks available', 'locked', /in use/],
  ['IO error: While open a file for appending: /d/1.log: Permission denied', 'permission', /no permission for \/d/],
  ['IO error: While open a file for appending: /d/1.log: Read-only file system', 'permission', /no permission/],
  ['IO error: While fdatasync: /d/000012.log: Input/output error', 'io', /writing \/d failed: .*Input\/output error/],
  ['something unheard of', 'io', /something unheard of/],
])('%s', (status, kind, message) => {
  const error = storageErrorOf(new Error(status), 'writing', '/d');
  expect(error).toMatchObject({ name: 'StorageError', kind });
  expect(error.message).toMatch(message);
});

test('a missing key is not a failure', () => {
  expect(isNotFound(new Error('NotFound: '))).toBe(true);
  expect(isNotFound(new Error('IO error: NotFound'))).toBe(false);
});
