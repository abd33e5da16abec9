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
