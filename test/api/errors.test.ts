import { ERRORS, errorStatus } from '../../src/api/errors';

test('every code of the fact sheet is there, with its status', () => {
  const statuses = Object.keys(ERRORS).map((code) => [Number(code), errorStatus(Number(code) as keyof typeof ERRORS)]);
  expect(statuses.filter(([, status]) => status !== 400)).toEqual([
    [100, 404],
    [101, 412],
    [102, 403],
    [105, 412],
    [108, 403],
    [110, 401],
    [300, 500],
    [301, 500],
  ]);
  expect(statuses.map(([code]) => code)).toEqual([
    ...[100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110],
    ...[200, 201, 202, 203, 204, 205, 206, 207, 208, 209, 210, 211, 212],
    ...[300, 301, 400, 401, 402, 403, 404, 500],
  ]);
});

test('no message needs escaping in JSON', () => {
  for (const { message } of Object.values(ERRORS)) expect(JSON.stringify(message)).toBe(`"${message}"`);
});
