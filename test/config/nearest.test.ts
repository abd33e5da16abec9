import { nearest } from '../../src/config/nearest';

const NAMES = [
  'peer-key-file',
  'peer-client-cert-auth',
  'client-cert-auth',
  'peer-trusted-ca-file',
  'key-file',
  'name',
];

test.each([
  ['peer-key', 'peer-key-file'],
  ['peer-client-auth', 'peer-client-cert-auth'],
  ['peer-trusted-ca', 'peer-trusted-ca-file'],
  ['client-auth', 'client-cert-auth'],
  ['nmae', 'name'],
])('%s means %s', (word, meant) => {
  expect(nearest(word, NAMES)).toBe(meant);
});

test.each(['key', 'peer', 'file-key', 'peer-nothing', 'something-else'])('%s means nothing in particular', (word) => {
  expect(nearest(word, NAMES)).toBeUndefined();
});

test('of a single letter nothing is left that could be near', () => {
  expect(nearest('x', ['o', 'D', 'xy'])).toBeUndefined();
});
