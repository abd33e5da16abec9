import { decodeBatch } from '../../src/machine/commandCodec';
import type { KeyResult } from '../../src/machine/keyspace/event';
import { Proposals } from '../../src/member/proposals';
import { PROPOSALS_MAX } from '../../src/member/settings';
import { MemberError } from '../../src/member/types';
import { set } from '../machine/keyspace/writer';

const SELF = 'abc';
const answer = (etcdIndex: number): KeyResult => ({ ok: false, code: 100, cause: '', etcdIndex });
const timeout = (): MemberError => new MemberError('timeout', 'too late');

let proposals: Proposals;
beforeEach(() => {
  proposals = new Proposals(SELF, 7);
});

it('what is queued in one turn travels together, and each caller gets its own answer', async () => {
  const callers = [proposals.add(set('/a'), 100), proposals.add(set('/b'), 100)];
  const [batch, ...others] = proposals.takeBatches();
  expect(others).toEqual([]);
  expect(batch?.sequence).toBe(1);
  expect(decodeBatch(batch!.data)).toMatchObject({
    origin: SELF,
    run: 7,
    sequence: 1,
    commands: [{ path: '/a' }, { path: '/b' }],
  });
  proposals.settle({ origin: SELF, run: 7, sequence: 1, results: [answer(1), answer(2)] });
  expect(await Promise.all(callers)).toEqual([answer(1), answer(2)]);
  expect(proposals.pending).toBe(0);
});

it('batches of other members, and of earlier runs, are nobody’s', () => {
  const caller = proposals.add(set('/a'), 100);
  proposals.takeBatches();
  proposals.settle({ origin: 'def', run: 7, sequence: 1, results: [answer(1)] });
  proposals.settle({ origin: SELF, run: 6, sequence: 1, results: [answer(1)] });
  expect(proposals.pending).toBe(1);
  proposals.rejectAll(timeout());
  return expect(caller).rejects.toThrow('too late');
});

it('cuts batches by size; a single large command travels alone', () => {
  const value = 'x'.repeat(700_000);
  const callers = [value, value, 'y', 'x'.repeat(3_000_000)].map((each) =>
    proposals.add(set('/k', { value: each }), 100),
  );
  expect(proposals.takeBatches().map(({ data }) => decodeBatch(data).commands.length)).toEqual([1, 2, 1]);
  proposals.rejectAll(timeout());
  return Promise.allSettled(callers);
});

it('a batch that could not leave queues again, in front', async () => {
  const first = proposals.add(set('/a'), 100);
  const [batch] = proposals.takeBatches();
  const second = proposals.add(set('/b'), 100);
  proposals.putBack(batch!.sequence);
  const [again] = proposals.takeBatches();
  expect(decodeBatch(again!.data).commands).toMatchObject([{ path: '/a' }, { path: '/b' }]);
  proposals.fail(again!.sequence, new MemberError('tooLarge', 'no'));
  expect(await Promise.allSettled([first, second])).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
});

it('rejects those whose time is up, queued or in flight, and only those', async () => {
  const inFlight = proposals.add(set('/a'), 100);
  proposals.takeBatches();
  const later = proposals.add(set('/b'), 300);
  proposals.takeBatches();
  const queued = proposals.add(set('/c'), 150);
  const patient = proposals.add(set('/d'), 300);
  proposals.expire(200, timeout);
  await expect(inFlight).rejects.toThrow('too late');
  await expect(queued).rejects.toThrow('too late');
  expect(proposals.pending).toBe(2);
  proposals.expire(300, timeout);
  expect(await Promise.allSettled([later, patient])).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
});

it('refuses more than its bound', async () => {
  const callers = Array.from({ length: PROPOSALS_MAX }, () => proposals.add(set('/a'), 100));
  await expect(proposals.add(set('/a'), 100)).rejects.toMatchObject({ reason: 'tooManyRequests' });
  proposals.rejectAll(timeout());
  await Promise.allSettled(callers);
});
