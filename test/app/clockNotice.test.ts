import { noteClock } from '../../src/app/clockNotice';

function said(at: string): readonly unknown[] {
  const lines: unknown[] = [];
  noteClock(Date.parse(at), { warn: (fields, text) => void lines.push({ ...fields, text }) });
  return lines;
}

it('a clock that nobody has set is told of, and no other', () => {
  expect(said('1970-01-01T00:01:40Z')).toEqual([
    { clock: '1970-01-01T00:01:40.000Z', text: expect.stringContaining('stays for good until it is') },
  ]);
  expect(said('1999-12-31T23:59:59Z')).toHaveLength(1);
  expect(said('2000-01-01T00:00:00Z')).toEqual([]);
});
