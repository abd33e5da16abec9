import { Machine } from '../../src/machine/machine';
import { PeerList } from '../../src/member/peerList';
import type { Transport } from '../../src/member/transport';

const [SELF, OTHER, NEW] = ['a1', 'b2', 'c3'];
const url = (id: string): string => `http://${id}:2380`;

function scene(machine: Machine, firstPeers: ConstructorParameters<typeof PeerList>[3] = []) {
  const told: unknown[] = [];
  const transport: Partial<Transport> = {
    setPeers: (peers) => void told.push(peers),
    remove: (id) => void told.push(`removed ${id}`),
  };
  const state = { machine };
  const list = new PeerList(SELF, state, transport as Transport, firstPeers);
  /** What the transport is told by one look. */
  const update = (): unknown[] => {
    list.update();
    return told.splice(0);
  };
  return { state, update };
}

function clusterOf(...ids: readonly string[]): Machine {
  const machine = new Machine(10);
  machine.bootstrap(ids.map((id) => ({ id, peerURLs: [url(id)] })));
  return machine;
}

const other = { id: OTHER, urls: [url(OTHER)], voter: true };

test('everyone else is dialled, and told once', () => {
  const { update } = scene(clusterOf(SELF, OTHER));
  expect(update()).toEqual([[other]]);
  expect(update()).toEqual([]);
});

test('who joins talks to whom it was told of until the state says who the members are', () => {
  const first = [{ id: OTHER, urls: ['http://told:2380'] }];
  const { state, update } = scene(new Machine(10), first);
  expect(update()).toEqual([first]);
  expect(update()).toEqual([]);
  state.machine = clusterOf(SELF, OTHER);
  expect(update()).toEqual([[other]]);
});

test('a learner is dialled without a vote, and told again when it is promoted', () => {
  const { state, update } = scene(clusterOf(SELF, OTHER));
  update();
  const { cluster } = state.machine;
  const added = { id: NEW, urls: [url(NEW)] };
  cluster.apply({ type: 'addMember', id: NEW, peerURLs: [url(NEW)], learner: true });
  expect(update()).toEqual([[other, { ...added, voter: false }]]);
  cluster.apply({ type: 'promoteMember', id: NEW });
  expect(update()).toEqual([[other, { ...added, voter: true }]]);
});

test('new peer URLs are dialled; a name that was published changes nothing', () => {
  const { state, update } = scene(clusterOf(SELF, OTHER));
  update();
  const { cluster } = state.machine;
  cluster.publish(OTHER, 'm2', ['http://client:2379'], '2.3.8', 1);
  expect(update()).toEqual([]);
  cluster.updatePeerURLs(OTHER, ['http://moved:2380']);
  expect(update()).toEqual([[{ ...other, urls: ['http://moved:2380'] }]]);
});

test('who was removed is dialled no more, and told so if it still calls', () => {
  const { state, update } = scene(clusterOf(SELF, OTHER, NEW));
  update();
  state.machine.cluster.apply({ type: 'removeMember', id: NEW });
  expect(update()).toEqual([[other], `removed ${NEW}`]);
  expect(update()).toEqual([]);
});

test('a restarted member knows from its state who was removed', () => {
  const machine = clusterOf(SELF, OTHER);
  machine.cluster.restoreRemoved(NEW);
  expect(scene(machine).update()).toEqual([[other], `removed ${NEW}`]);
});

test('the last member dials nobody: the peers of its beginning are not asked again', () => {
  const { state, update } = scene(clusterOf(SELF, OTHER), [{ id: OTHER, urls: [url(OTHER)] }]);
  update();
  state.machine.cluster.apply({ type: 'removeMember', id: OTHER });
  expect(update()).toEqual([[], `removed ${OTHER}`]);
});
