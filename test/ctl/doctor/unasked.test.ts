/** Of members that nothing was heard of, whoever is at fault, nothing is said that only they could tell. */
import type { MemberFacts } from '../../../src/ctl/doctor/facts';
import { absent, clusterOf, complaintsOf, findingsOf, memberFacts, unasked } from './madeUp';

test('members that could not be asked from here are not called dead, and the majority is not called lost', () => {
  const [a, b, c] = [memberFacts('a'), memberFacts('b'), memberFacts('c')];
  const majorityOf = (...members: readonly MemberFacts[]) =>
    complaintsOf(clusterOf(...members)).filter((each) => each.includes(' majority: '));
  const findings = findingsOf(clusterOf(unasked(a), unasked(b), unasked(c)));
  expect(findings[0]).toEqual({
    severity: 'error',
    about: 'members',
    seen: 'a could not be asked from here: x509: unknown authority',
    advice: expect.stringContaining('--ca-file') as string,
  });
  expect(findings.filter(({ severity, about }) => severity === 'error' && about !== 'members')).toEqual([]);
  const notKnown = (count: number) => [
    `unknown majority: ${count} of 3 voting members could not be asked from here, and 2 have to be well: whether they are is not known`,
  ];
  expect(majorityOf(unasked(a), unasked(b), unasked(c))).toEqual(notKnown(3));
  expect(majorityOf(a, unasked(b), unasked(c))).toEqual(notKnown(2));
  expect(majorityOf(a, b, unasked(c))).toEqual(notKnown(1));
  expect(majorityOf(absent(a), absent(b), unasked(c))).toEqual([
    'error majority: at most 1 of 3 voting members are well, and 2 are needed: nothing can be written',
  ]);
  expect(majorityOf(unasked(a))).toEqual([expect.stringMatching(/^unknown majority: 1 of 1 /)]);
});

test('what the members that answer say is not said of those that do not', () => {
  const links = (...members: readonly MemberFacts[]) =>
    findingsOf(clusterOf(...members)).find(({ about }) => about === 'links')?.seen;
  const [a, b, c] = [memberFacts('a'), memberFacts('b'), memberFacts('c')];
  expect(links(a, b, c)).toBe('every member hears every other one');
  expect(links(a, absent(b), absent(c))).toBe('of those that answer: every member hears every other one');
  expect(links(absent(a))).toBe('no member tells');
  expect(findingsOf(clusterOf(a, b, absent(c))).find(({ about }) => about === 'size')?.seen).toBe('3 voting members');
});
