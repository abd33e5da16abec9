import { StandbyList } from '../../src/member/standbyList';

/** Of doors that are there, of doors at which nobody answers until the test says so, and of others, which are shut. */
let there: Set<string>;
let silent: Set<string>;
let asked: string[];
let giveUp: (() => void)[];
let list: StandbyList;

beforeEach(() => {
  [there, silent, asked, giveUp] = [new Set(), new Set(), [], []];
  list = new StandbyList((url) => {
    asked.push(url);
    if (!silent.has(url)) return Promise.resolve(there.has(url));
    return new Promise((resolve) => {
      giveUp.push(() => {
        resolve(false);
      });
    });
  });
});

async function looks(times = 1): Promise<void> {
  for (let count = 0; count < times; count++) {
    list.look();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Says it of `count` URLs. */
function flood(source: string, count: number, isSilent = true): readonly string[] {
  const urls = Array.from({ length: count }, (_, number) => `http://${source}:${number + 1}`);
  for (const url of urls) {
    if (isSilent) silent.add(url);
    list.add(url, source, 0);
  }
  return urls;
}

test('who says that he waits is known once he was found there, and is asked once', async () => {
  there.add('http://d:1');
  list.add('http://d:1', 'd', 0);
  list.add('http://e:1', 'e', 0);
  expect(list.size).toBe(0);
  await looks(3);
  list.add('http://d:1', 'd', 1000);
  await looks(3);
  expect([list.size, asked]).toEqual([1, ['http://d:1', 'http://e:1']]);
});

test('a stranger that says it of any number of URLs keeps nobody else out, and has two doors knocked at', async () => {
  flood('evil', 1000);
  await looks(10);
  expect(asked).toHaveLength(2);
  there.add('http://d:1');
  list.add('http://d:1', 'd', 0);
  await looks();
  expect([list.size, await list.isAnyThere()]).toEqual([1, true]);
});

test('nor do many strangers, who fill all places: the last of whoever said most goes, and each source has its turn', async () => {
  for (let number = 0; number < 50; number++) flood(`evil${number}`, 8, false);
  there.add('http://d:1');
  list.add('http://d:1', 'd', 0);
  await looks(7);
  expect([list.size, asked.length]).toEqual([1, 56]);
  expect(new Set(asked.slice(0, 51).map((url) => new URL(url).hostname)).size).toBe(51);
});

test('never are more than eight doors knocked at, whoever says what', async () => {
  for (let number = 0; number < 20; number++) flood(`evil${number}`, 5);
  await looks(10);
  expect(asked).toHaveLength(8);
  for (const end of giveUp.splice(0)) end();
  await looks(10);
  expect(asked.length).toBeGreaterThan(8);
  expect(asked.length).toBeLessThanOrEqual(16);
});

test('one that is known is pushed out by nobody, from wherever it is said and however many are found there', async () => {
  there.add('http://d:1');
  list.add('http://d:1', 'd', 0);
  await looks();
  for (let number = 0; number < 50; number++) for (const url of flood(`evil${number}`, 8, false)) there.add(url);
  for (const url of flood('d', 8, false)) there.add(url);
  await looks(100);
  expect(list.size).toBe(100);
  // Those that were found there, and are not there when they are needed, hold it up by no round.
  there = new Set(['http://d:1']);
  expect(await list.isAnyThere()).toBe(true);
});

test('of one source eight are known, however many are there', async () => {
  for (let round = 0; round < 5; round++) {
    for (const url of flood('d', 20, false)) there.add(url);
    await looks(5);
  }
  expect(list.size).toBe(8);
});

test('those that are not there when they are needed are none, and the next ones are asked', async () => {
  for (let number = 0; number < 10; number++)
    for (const url of flood(`evil${number}`, 1, false)) {
      there.add(url);
      await looks();
    }
  there.add('http://d:1');
  list.add('http://d:1', 'd', 0);
  await looks(2);
  there = new Set(['http://d:1']);
  expect([await list.isAnyThere(), list.size]).toEqual([false, 3]);
  expect([await list.isAnyThere(), list.size]).toEqual([true, 1]);
});

test('who has not said it for long is forgotten, known or not', async () => {
  there.add('http://d:1');
  list.add('http://d:1', 'd', 0);
  await looks();
  list.add('http://e:1', 'e', 1000);
  list.forget(1000);
  expect(list.size).toBe(0);
  list.forget(1001);
  await looks();
  expect(asked).toEqual(['http://d:1']);
});

test('who was told of room while he was asked does not come back to the list', async () => {
  silent.add('http://d:1');
  there.add('http://d:1');
  let answer: (isThere: boolean) => void = () => undefined;
  list = new StandbyList(() => new Promise((resolve) => (answer = resolve)));
  list.add('http://d:1', 'd', 0);
  list.look();
  list.remove('http://d:1');
  answer(true);
  await looks();
  expect(list.size).toBe(0);
});
