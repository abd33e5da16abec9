import { shownToken } from '../../src/platform/shownToken';

test('of a token only the beginning is shown', () => {
  expect(shownToken('0123456789abcdef0123456789abcdef')).toBe('0123…');
  expect(shownToken('01234567')).toBe('0123…');
});

test('a word that somebody chose is no secret', () => {
  expect(shownToken('cluster')).toBe('cluster');
  expect(shownToken('')).toBe('');
});
