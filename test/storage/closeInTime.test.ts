import { closeInTime } from '../../src/storage/closeInTime';

test('a close that never ends is told, with the directory and its disk', async () => {
  const never = new Promise<void>(() => undefined);
  const onStuck = jest.fn();
  await expect(closeInTime(never, '/data', 10, onStuck)).rejects.toMatchObject({
    kind: 'io',
    message: expect.stringMatching(/^the database in \/data was not closed within .* its disk is full/) as string,
  });
  expect(onStuck).toHaveBeenCalledTimes(1);
});

test('one that ends or fails in time is answered as it is', async () => {
  await closeInTime(Promise.resolve(), '/data');
  await expect(closeInTime(Promise.reject(new Error('EIO')), '/data')).rejects.toThrow('EIO');
});
