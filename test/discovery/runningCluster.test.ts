import type { ListedCluster } from '../../src/discovery/beginning';
import { askAny } from '../../src/discovery/runningCluster';

const MEMBER = { id: 'a', name: 'a', peerURLs: ['http://a:1'], clientURLs: [] };

/** A cluster in which each URL answers what is given; URLs that are not there refuse. */
const asking =
  (answers: Readonly<Record<string, ListedCluster>>) =>
  (url: string): Promise<ListedCluster> => {
    const answer = answers[url];
    return answer === undefined ? Promise.reject(new Error('refused')) : Promise.resolve(answer);
  };

it('takes the first list of members, and one without any for no answer', async () => {
  const known = { clusterId: 'c', members: [MEMBER] };
  const ask = asking({ joining: { clusterId: 'c', members: [] }, running: known });
  expect(await askAny(['joining', 'gone', 'running'], ask)).toBe(known);
  expect(await askAny(['joining', 'gone'], ask)).toBeUndefined();
  expect(await askAny([], ask)).toBeUndefined();
});

it('tells of one that belongs to a cluster and knows no members, and not of silence', async () => {
  const troubles: unknown[] = [];
  const ask = asking({ joining: { clusterId: 'c', members: [] } });
  await askAny(['joining', 'gone'], ask, (trouble) => troubles.push(trouble));
  await askAny(['gone'], ask, (trouble) => troubles.push(trouble));
  expect(troubles).toEqual([
    { reasons: ['joining belongs to the cluster c and was not told its members yet'], lasts: true },
  ]);
});
