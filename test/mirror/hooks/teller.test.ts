import { NobodyThere } from '../../../src/mirror/hooks/hook';
import { Teller } from '../../../src/mirror/hooks/teller';

interface Run {
  readonly digest: string;
  end(failure?: string | NobodyThere): void;
}

function make(told?: string, keep: (digest: string) => Promise<void> = () => Promise.resolve(), isPatient = true) {
  const runs: Run[] = [];
  const kept: string[] = [];
  const said: string[] = [];
  const failures: string[] = [];
  const say = (_fields: object, message: string): void => {
    said.push(message);
  };
  const teller = new Teller({
    told,
    run: (digest) => new Promise((end) => runs.push({ digest, end })),
    keep: async (digest) => {
      await keep(digest);
      kept.push(digest);
    },
    pause: isPatient ? () => Promise.resolve() : undefined,
    onEnd: (failure) => {
      if (failure !== undefined) failures.push(failure);
    },
    log: { info: say, warn: say, error: say },
    name: 'it',
  });
  return { teller, runs, kept, said, failures };
}

const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

test('one runs at a time, and what changes meanwhile is told once, the newest only', async () => {
  const { teller, runs, kept } = make();
  teller.state('1');
  teller.state('1');
  teller.state('2');
  teller.state('3');
  await turn();
  expect(runs.map(({ digest }) => digest)).toEqual(['1']);
  runs[0]?.end();
  await turn();
  expect(runs.map(({ digest }) => digest)).toEqual(['1', '3']);
  runs[1]?.end();
  await teller.idle();
  expect(kept).toEqual(['1', '3']);
  teller.state('3');
  await turn();
  expect(runs).toHaveLength(2);
});

test('back to the state before is a change as well', async () => {
  const { teller, runs } = make();
  teller.state('1');
  teller.state('2');
  teller.state('1');
  runs[0]?.end();
  await turn();
  expect(runs.map(({ digest }) => digest)).toEqual(['1', '1']);
});

test('what an earlier process told is not told again; what it did not is', async () => {
  const { teller, runs } = make('1');
  teller.state('1');
  await turn();
  expect(runs).toEqual([]);
  teller.state('2');
  expect(runs).toHaveLength(1);
});

test('a failure is said and not kept, so that the next start tells it again; the next state is told all the same', async () => {
  const { teller, runs, kept, said } = make();
  teller.state('1');
  runs[0]?.end('ended with exit code 1');
  await teller.idle();
  teller.state('1');
  expect([kept, runs.length]).toEqual([[], 1]);
  expect(said).toEqual(['it ended with exit code 1; it is not tried again until the next change or start']);
  teller.state('2');
  runs[1]?.end();
  await teller.idle();
  expect(kept).toEqual(['2']);
});

test('a disk that takes nothing ends nothing', async () => {
  const { teller, runs, said } = make(undefined, () => Promise.reject(new Error('no space left')));
  teller.state('1');
  runs[0]?.end();
  await teller.idle();
  expect(said.at(-1)).toBe('that the state was told cannot be kept: the next start tells it again');
  teller.state('2');
  expect(runs).toHaveLength(2);
});

test('stopped, it begins nothing more', async () => {
  const { teller, runs } = make();
  teller.state('1');
  teller.state('2');
  teller.stop();
  runs[0]?.end();
  await teller.idle();
  expect(runs).toHaveLength(1);
});

const nobody = new NobodyThere('was not sent: there is no process 7');

test('where there is nobody yet it is told as soon as there is somebody, and that is no failure', async () => {
  const { teller, runs, kept, said, failures } = make();
  teller.state('1');
  for (let tries = 0; tries < 5; tries += 1) {
    runs[tries]?.end(nobody);
    await turn();
  }
  expect(runs.map(({ digest }) => digest)).toEqual(['1', '1', '1', '1', '1', '1']);
  expect(kept).toEqual([]);
  runs[5]?.end();
  await teller.idle();
  expect(kept).toEqual(['1']);
  expect(failures).toEqual([]);
  expect(said).toEqual([
    'it was not sent: there is no process 7; it is tried again until there is somebody',
    'it was told of the new state',
  ]);
});

test('another state ends the wait for somebody, and is told in its place; the stop ends it too', async () => {
  const { teller, runs, kept } = make();
  teller.state('1');
  runs[0]?.end(nobody);
  teller.state('2');
  await turn();
  expect(runs.map(({ digest }) => digest)).toEqual(['1', '2']);
  runs[1]?.end(nobody);
  teller.stop();
  await teller.idle();
  expect([runs.length, kept]).toEqual([2, []]);
});

test('nobody for a minute is a failure that is said and counted once, and tried on', async () => {
  const { teller, runs, kept, said, failures } = make();
  teller.state('1');
  for (let tries = 0; tries < 100; tries += 1) {
    runs[tries]?.end(nobody);
    await turn();
  }
  expect(failures).toEqual([nobody.reason]);
  expect(said.at(-1)).toBe(`it ${nobody.reason}; it is tried on`);
  runs[100]?.end();
  await teller.idle();
  expect(kept).toEqual(['1']);
});

test('with --once nobody is waited for: that is a failure at once', async () => {
  const { teller, runs, said, failures } = make(undefined, undefined, false);
  teller.state('1');
  runs[0]?.end(nobody);
  await teller.idle();
  expect([runs.length, failures]).toEqual([1, [nobody.reason]]);
  expect(said).toEqual([`it ${nobody.reason}; it is not tried again until the next change or start`]);
});
