import { decodeChange, encodeChange } from '../../../src/machine/cluster/clusterRows';
import type { ClusterChange } from '../../../src/machine/cluster/clusterState';

const proposed = (change: ClusterChange) => ({ origin: 'a1', run: 2 ** 52, sequence: 1, change });

it.each<ClusterChange>([
  { type: 'addMember', id: 'b2', peerURLs: ['http://b:2380'], learner: true },
  { type: 'promoteMember', id: 'b2' },
  { type: 'removeMember', id: 'b2' },
  { type: 'removeMember', id: 'b2', onlyIfLost: true },
])('%j reaches the leader as it was proposed', (change) => {
  expect(decodeChange(encodeChange(proposed(change)))).toEqual(proposed(change));
});

it('a removal that does not say clearly whether it spares who runs is refused', () => {
  const unclear = {
    ...proposed({ type: 'removeMember', id: 'b2' }),
    change: { type: 'removeMember', id: 'b2', onlyIfLost: 'yes' },
  };
  expect(() => decodeChange(Buffer.from(JSON.stringify(unclear)))).toThrow('a removal that is not clear');
});
