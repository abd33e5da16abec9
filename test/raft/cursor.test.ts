import { WriteCursor } from '../../src/raft/cursor';

test('what is in flight is durable when it is confirmed, not before', () => {
  const cursor = new WriteCursor(3);
  expect([cursor.persisted, cursor.unwrittenFrom]).toEqual([3, 4]);
  cursor.taken(6);
  expect([cursor.persisted, cursor.unwrittenFrom]).toEqual([3, 7]);
  cursor.confirmed();
  expect(cursor.persisted).toBe(6);
});

test('a write does not make durable what replaced its entries meanwhile', () => {
  const cursor = new WriteCursor(3);
  cursor.taken(6);
  cursor.truncated(5);
  // The same indexes are filled again, and not written yet.
  expect(cursor.unwrittenFrom).toBe(5);
  cursor.confirmed();
  expect(cursor.persisted).toBe(4);
});

test('truncation takes durability back', () => {
  const cursor = new WriteCursor(6);
  cursor.truncated(5);
  expect([cursor.persisted, cursor.unwrittenFrom]).toEqual([4, 5]);
});

test('truncation before the write in flight voids all of it', () => {
  const cursor = new WriteCursor(5);
  cursor.taken(8);
  cursor.truncated(4);
  cursor.confirmed();
  expect(cursor.persisted).toBe(3);
});

test('a new log voids the write in flight', () => {
  const cursor = new WriteCursor(3);
  cursor.taken(60);
  cursor.replaced(20);
  cursor.confirmed();
  expect([cursor.persisted, cursor.unwrittenFrom]).toEqual([20, 21]);
});

test('a log that starts later keeps what is durable, and writes it once more', () => {
  const cursor = new WriteCursor(9);
  cursor.restarted(6);
  expect([cursor.persisted, cursor.unwrittenFrom]).toEqual([9, 7]);
  cursor.restarted(12);
  expect(cursor.persisted).toBe(12);
});
