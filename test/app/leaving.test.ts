import { Leaving } from '../../src/app/leaving';
import { until } from '../cluster/waiting';

function scene(close: () => Promise<void>) {
  const ends: string[] = [];
  const logger = { fatal: (line: string) => void ends.push(line) };
  const leaving = new Leaving(
    logger as never,
    { exit: (code) => void ends.push(`exit ${code}`), kill: () => void ends.push('kill') },
    20,
  );
  leaving.opened(() => {
    ends.push('close');
    return close();
  });
  return { leaving, ends };
}

/** The process ended one way or the other. */
const ended = (ends: readonly string[]): Promise<unknown> =>
  until('the process ends', 60_000, () => /^(?:exit|kill)/.test(ends.at(-1) ?? ''));

test('the database is closed before the process ends, also one that cannot be closed', async () => {
  for (const close of [() => Promise.resolve(), () => Promise.reject(new Error('broken'))]) {
    const { leaving, ends } = scene(close);
    void leaving.leave('storageFailure');
    await ended(ends);
    expect(ends).toEqual(['close', 'exit 4']);
  }
});

test('the first reason counts', async () => {
  const { leaving, ends } = scene(() => Promise.resolve());
  void leaving.leave('stateDiffers');
  void leaving.leave('unexpectedFailure');
  await ended(ends);
  expect(ends).toEqual(['close', 'exit 7']);
});

test('a disk that hangs is not waited for: the process kills itself, and says why', async () => {
  const { leaving, ends } = scene(() => new Promise(() => undefined));
  void leaving.leave('ok');
  await ended(ends);
  expect(ends).toEqual(['close', expect.stringMatching(/not closed within 20 ms: the disk hangs/), 'kill']);
});
