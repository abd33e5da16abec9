import { Witness, type FoundersQuestion } from '../../src/discovery/witness';
import { clusterIdOf } from '../../src/member/identity';
import { FakeWitnessNotes } from './joiner';

const founders = ['1', '2', '3'];
const clusterId = clusterIdOf(founders);
const members = (named: readonly string[] = []) =>
  founders.map((id) => ({ id, name: named.includes(id) ? `m${id}` : '' }));

function question(memberId: string, incarnation: string): FoundersQuestion {
  return { clusterId, memberId, incarnation };
}

function beginning(notes = new FakeWitnessNotes()): Witness {
  const witness = new Witness(notes, () => 'mine');
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
  run(witness, [...members(), { id: '4', name: '' }]);
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

it('says nothing before it knows what it is', async () => {
  const witness = new Witness(new FakeWitnessNotes());
  expect(await witness.answer(question('2', 'one'))).toBeUndefined();
});

it('draws one incarnation for one directory', async () => {
  const notes = new FakeWitnessNotes();
  const [one, same] = [new Witness(notes), new Witness(notes)];
  const drawn = await one.incarnation();
  expect(drawn).toMatch(/^[0-9a-f]{32}$/);
  expect(await same.incarnation()).toBe(drawn);
  expect(await new Witness(new FakeWitnessNotes()).incarnation()).not.toBe(drawn);
});
