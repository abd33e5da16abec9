import type { FounderName } from '../../src/discovery/askBack';
import { Witness, type FoundersQuestion } from '../../src/discovery/witness';
import { clusterIdOf } from '../../src/member/identity';
import { FakeWitnessNotes } from './joiner';

const founders = ['1', '2', '3'].map((id) => ({ id, peerURLs: [`http://m${id}:2380`] }));
const clusterId = clusterIdOf(founders.map(({ id }) => id));
const members = (named: readonly string[] = []) =>
  founders.map(({ id, peerURLs }) => ({ id, peerURLs, name: named.includes(id) ? `m${id}` : '' }));

/** What is said at each founder's own URL: nothing where nobody listens. */
const atUrl = new Map<string, FounderName>();
let asked = 0;

function askName(url: string): Promise<FounderName> {
  asked += 1;
  const name = atUrl.get(url);
  return name === undefined ? Promise.reject(new Error('refused')) : Promise.resolve(name);
}

beforeEach(() => {
  atUrl.clear();
  asked = 0;
});

/** The question of the founder itself, which can be asked back. */
function question(memberId: string, incarnation: string): FoundersQuestion {
  const own = { clusterId, memberId, incarnation };
  atUrl.set(`http://m${memberId}:2380`, own);
  return own;
}

function beginning(notes = new FakeWitnessNotes(), ask = askName): Witness {
  const witness = new Witness(notes, ask, () => 'mine');
  witness.answersAs(() => ({ kind: 'beginning', clusterId, memberId: '1', founders }));
  return witness;
}

function run(witness: Witness, list = members()): void {
  witness.answersAs(() => ({ kind: 'running', clusterId, memberId: '1', members: list }));
}

it('keeps the first incarnation it hears of, on disk before it says so, and across restarts', async () => {
  const notes = new FakeWitnessNotes();
  const facts = { kind: 'witness', memberId: '1', incarnation: 'mine', running: false, started: false, changed: false };
  expect(await beginning(notes).answer(question('2', 'one'))).toEqual({ ...facts, knows: 'early' });
  expect(notes.note?.known.get('2')).toEqual({ incarnation: 'one', early: true });
  const restarted = beginning(notes);
  expect(await restarted.answer(question('2', 'two'))).toEqual({ ...facts, knows: 'other' });
  expect(await restarted.answer(question('2', 'one'))).toEqual({ ...facts, knows: 'early' });
  expect(notes.writes).toBe(2);
});

it('says nothing that is not on disk', async () => {
  const notes = new FakeWitnessNotes();
  notes.write = () => Promise.reject(new Error('the disk is full'));
  await expect(beginning(notes).answer(question('2', 'one'))).rejects.toThrow('full');
});

it('says whether it heard of a founder before it had a state, also once it has one', async () => {
  const witness = beginning();
  await witness.answer(question('2', 'one'));
  run(witness);
  expect(await witness.answer(question('2', 'one'))).toMatchObject({ running: true, knows: 'early' });
  expect(await witness.answer(question('3', 'three'))).toMatchObject({ running: true, knows: 'late' });
  expect(await witness.answer(question('3', 'again'))).toMatchObject({ running: true, knows: 'other' });
});

it('says that a founder was started, and that the members have changed', async () => {
  const witness = beginning();
  run(witness, members(['2']));
  expect(await witness.answer(question('2', 'one'))).toMatchObject({ started: true, changed: false });
  expect(await witness.answer(question('3', 'one'))).toMatchObject({ started: false, changed: false });
  run(witness, [...members(), { id: '4', name: '', peerURLs: ['http://m4:2380'] }]);
  expect(await witness.answer(question('3', 'one'))).toMatchObject({ changed: true });
});

it('keeps nothing of strangers, and tells another cluster only which one this is', async () => {
  const notes = new FakeWitnessNotes();
  const witness = beginning(notes);
  expect(await witness.answer({ ...question('2', 'one'), clusterId: 'ffff' })).toEqual({ kind: 'stranger', clusterId });
  expect(await witness.answer(question('99', 'one'))).toBeUndefined();
  run(witness);
  expect(await witness.answer(question('99', 'one'))).toMatchObject({ knows: 'late' });
  expect(notes.note?.known.size ?? 0).toBe(0);
});

describe('a claim that the founder itself does not confirm', () => {
  const forged = (memberId: string): FoundersQuestion => ({ clusterId, memberId, incarnation: 'forged' });

  it('is not kept, before the founder is there or after, so that the real one is known early', async () => {
    const notes = new FakeWitnessNotes();
    const witness = beginning(notes);
    expect(await witness.answer(forged('2'))).toBeUndefined();
    const real = question('2', 'real');
    expect(await witness.answer(forged('2'))).toBeUndefined();
    expect(notes.note?.known.size ?? 0).toBe(0);
    expect(await witness.answer(real)).toMatchObject({ knows: 'early' });
    expect(await witness.answer(forged('2'))).toMatchObject({ knows: 'other' });
  });

  it('is not kept by a member that runs either', async () => {
    const witness = beginning();
    run(witness);
    expect(await witness.answer(forged('3'))).toBeUndefined();
    expect(await witness.answer(question('3', 'real'))).toMatchObject({ knows: 'late' });
  });

  it('is not confirmed by another founder, or by one of another cluster', async () => {
    const witness = beginning();
    atUrl.set('http://m2:2380', { clusterId, memberId: '3', incarnation: 'forged' });
    expect(await witness.answer(forged('2'))).toBeUndefined();
    atUrl.set('http://m2:2380', { clusterId: 'ffff', memberId: '2', incarnation: 'forged' });
    expect(await witness.answer(forged('2'))).toBeUndefined();
  });

  it('costs one question at a time, which the founder itself may be waiting for too', async () => {
    const slowly = async (url: string): Promise<FounderName> => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      return askName(url);
    };
    const witness = beginning(new FakeWitnessNotes(), slowly);
    const real = question('2', 'real');
    const claims = [...Array.from({ length: 20 }, () => forged('2')), real];
    const answers = await Promise.all(claims.map((claim) => witness.answer(claim)));
    expect(answers.slice(0, 20).every((answer) => answer === undefined)).toBe(true);
    expect([answers[20], asked]).toMatchObject([{ knows: 'early' }, 1]);
  });

  it('does not keep from the founder that it was started before', async () => {
    const witness = beginning();
    run(witness, members(['2']));
    expect(await witness.answer(forged('2'))).toMatchObject({ started: true });
    expect(await witness.answer(question('2', 'new'))).toMatchObject({ started: true, knows: 'late' });
  });
});

it('is early when it asked before there was a state, however long the confirmation takes', async () => {
  const witness = beginning();
  const early = witness.answer(question('2', 'one'));
  run(witness);
  expect(await early).toMatchObject({ knows: 'early' });
});

it('names itself without asking anybody', async () => {
  expect(await beginning().name()).toEqual({ clusterId, memberId: '1', incarnation: 'mine' });
  expect(await new Witness(new FakeWitnessNotes(), askName).name()).toBeUndefined();
  expect(asked).toBe(0);
});

it('says nothing before it knows what it is', async () => {
  const witness = new Witness(new FakeWitnessNotes(), askName);
  expect(await witness.answer(question('2', 'one'))).toBeUndefined();
});

it('draws one incarnation for one directory', async () => {
  const notes = new FakeWitnessNotes();
  const [one, same] = [new Witness(notes, askName), new Witness(notes, askName)];
  const drawn = await one.incarnation();
  expect(drawn).toMatch(/^[0-9a-f]{32}$/);
  expect(await same.incarnation()).toBe(drawn);
  expect(await new Witness(new FakeWitnessNotes(), askName).incarnation()).not.toBe(drawn);
});
