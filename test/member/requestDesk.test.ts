import { Changes } from '../../src/member/changes';
import { encodeRequest } from '../../src/member/forwarding';
import type { LeaderDesk } from '../../src/member/leaderDesk';
import { Proposals } from '../../src/member/proposals';
import { RequestDesk } from '../../src/member/requestDesk';
import type { Transport } from '../../src/member/transport';
import type { Raft } from '../../src/raft/raft';
import { set } from '../machine/keyspace/writer';

const RUN = 7;

/** A desk on a follower whose leader takes whatever is forwarded. */
function followersDesk(): { desk: RequestDesk; proposals: Proposals; forwarded: Uint8Array[] } {
  const proposals = new Proposals('abc', RUN);
  const forwarded: Uint8Array[] = [];
  const transport: Partial<Transport> = { forward: (_to, request) => forwarded.push(request) > 0 };
  const raft: Partial<Raft> = { leader: 'def', id: 'abc' };
  const desk = new RequestDesk(
    raft as Raft,
    proposals,
    new Changes('abc', RUN),
    undefined as unknown as LeaderDesk,
    transport as Transport,
  );
  return { desk, proposals, forwarded };
}

const refusalOf = (run: number): Uint8Array =>
  encodeRequest({ kind: 'refused', of: 'commands', run, sequence: 1, reason: 'later' });

it('what the leader refused is sent again', () => {
  const { desk, proposals, forwarded } = followersDesk();
  void proposals.add(set('/a'), 100);
  desk.submitQueued();
  desk.received('def', refusalOf(RUN));
  desk.submitQueued();
  expect(forwarded).toHaveLength(2);
});

it('a refusal that was meant for an earlier run does not make a write happen twice', () => {
  const { desk, proposals, forwarded } = followersDesk();
  void proposals.add(set('/a'), 100);
  desk.submitQueued();
  desk.received('def', refusalOf(RUN - 1));
  desk.submitQueued();
  expect(forwarded).toHaveLength(1);
});
