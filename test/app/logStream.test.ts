/** Lines are written as far as they are read; what nobody reads is dropped, counted and said. */
import { LogStream, nonBlockingWriter, type LogStreamOptions } from '../../src/app/logStream';
import { startFairClock } from '../support/fairClock';

/** A pipe that holds so many bytes. */
class Pipe {
  read = '';
  room = 0;
  failure: string | undefined;

  readonly write = (bytes: Buffer): number => {
    if (this.failure !== undefined) throw Object.assign(new Error(this.failure), { code: this.failure });
    if (this.room === 0) throw Object.assign(new Error('EAGAIN'), { code: 'EAGAIN' });
    const taken = Math.min(this.room, bytes.length);
    this.room -= taken;
    this.read += bytes.toString('utf8', 0, taken);
    return taken;
  };
}

function streamTo(pipe: Pipe, options: Partial<LogStreamOptions> = {}): LogStream {
  const stream = new LogStream({ write: pipe.write, ...options });
  stream.onResumed = (dropped) => {
    stream.write(`dropped ${dropped}\n`);
  };
  return stream;
}

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

test('a line is written at once when there is room', () => {
  const pipe = new Pipe();
  pipe.room = 100;
  streamTo(pipe).write('one\n');
  expect(pipe.read).toBe('one\n');
});

test('what does not fit follows when the reader goes on, in order and whole', () => {
  const pipe = new Pipe();
  pipe.room = 2;
  const stream = streamTo(pipe);
  for (const line of ['one\n', 'two\n', 'three\n']) stream.write(line);
  expect(pipe.read).toBe('on');
  pipe.room = 5;
  jest.advanceTimersByTime(50);
  expect(pipe.read).toBe('one\ntwo');
  pipe.room = 100;
  jest.advanceTimersByTime(50);
  expect(pipe.read).toBe('one\ntwo\nthree\n');
  expect(stream.droppedLines).toBe(0);
});

test('beyond what may wait the oldest are dropped, but never half a line, and it is said when lines flow again', () => {
  const pipe = new Pipe();
  pipe.room = 2;
  const stream = streamTo(pipe, { waitingBytesMax: 12 });
  for (const line of ['one\n', 'two\n', 'three\n', 'four\n', 'five\n']) stream.write(line);
  expect(stream.droppedLines).toBe(2);
  pipe.room = 100;
  jest.advanceTimersByTime(50);
  expect(pipe.read).toBe('one\nfour\nfive\ndropped 2\n');
  stream.write('six\n');
  expect(pipe.read).toBe('one\nfour\nfive\ndropped 2\nsix\n');
});

test.each(['EPIPE', 'EIO', 'EBADF'])('a reader that is gone (%s) costs lines and nothing else', (code) => {
  const pipe = new Pipe();
  pipe.failure = code;
  const stream = streamTo(pipe);
  stream.write('one\n');
  stream.write('two\nthree\n');
  expect(stream.droppedLines).toBe(3);
  pipe.failure = undefined;
  pipe.room = 100;
  stream.write('four\n');
  expect(pipe.read).toBe('four\ndropped 3\n');
});

test('what comes behind a full disk is a line of its own, and the one that was cut is counted', () => {
  const pipe = new Pipe();
  pipe.room = 6;
  const stream = streamTo(pipe);
  for (const line of ['one\n', 'two\n']) stream.write(line);
  expect(pipe.read).toBe('one\ntw');
  pipe.failure = 'ENOSPC';
  jest.advanceTimersByTime(50);
  stream.write('three\n');
  pipe.failure = undefined;
  pipe.room = 100;
  stream.write('four\n');
  expect(pipe.read).toBe('one\ntw\nfour\ndropped 2\n');
});

test('the end waits for a slow reader, but not for one that does not read', () => {
  jest.useRealTimers();
  const pipe = new Pipe();
  const stream = streamTo(pipe);
  stream.write('last\n');
  const begunMs = performance.now();
  const elapsedMs = startFairClock();
  stream.finish(60);
  expect(performance.now() - begunMs).toBeGreaterThanOrEqual(60);
  expect(elapsedMs()).toBeLessThan(1000);
  pipe.room = 100;
  stream.finish(60);
  expect(pipe.read).toBe('last\n');
});

test('a descriptor is opened once, however often what is served by this process changes', () => {
  const writer = nonBlockingWriter(1);
  const listeners = process.stdout.listenerCount('error');
  for (let turn = 0; turn < 20; turn++) expect(nonBlockingWriter(1)).toBe(writer);
  expect(process.stdout.listenerCount('error')).toBe(listeners);
});
