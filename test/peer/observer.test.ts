import type { AppendResponse } from '../../src/raft/types';
import { append, connected, isConnected, startNode, stopAll, until } from './harness';

afterEach(stopAll);

function acknowledgement(from: string, to: string, index: number): AppendResponse {
  return { type: 'appendResponse', from, to, term: 1, success: true, index, hintIndex: 0, hintTerm: 0 };
}

test('round trips and acknowledged entries are told with their durations', async () => {
  const probed: [string, number][] = [];
  const appended: [string, number][] = [];
  const observer = {
    probed: (peer: string, elapsedMs: number) => void probed.push([peer, elapsedMs]),
    appended: (peer: string, elapsedMs: number) => void appended.push([peer, elapsedMs]),
  };
  const a = await startNode('a1', { probeIntervalMs: 20, observer });
  const b = await startNode('b2', { probeIntervalMs: 20 });
  await connected(a, b);
  await until(() => probed.length > 2);
  a.network.send([append('a1', 'b2', 7, 10)]);
  b.network.send([acknowledgement('b2', 'a1', 7)]);
  await until(() => appended.length > 0);
  expect(new Set([...probed, ...appended].map(([peer]) => peer))).toEqual(new Set(['b2']));
  for (const [, elapsedMs] of [...probed, ...appended]) expect(elapsedMs).toBeGreaterThanOrEqual(0);
  expect(appended).toHaveLength(1);
});

test('streams that break are counted on both sides', async () => {
  const a = await startNode('a1', {});
  const b = await startNode('b2', {});
  await connected(a, b);
  expect(a.network.status().peers[0]).toMatchObject({ disconnects: 0, receivedFailures: 0 });
  await b.stop();
  await until(() => !isConnected(a, b));
  await until(() => (a.network.status().peers[0]?.receivedFailures ?? 0) > 0);
  expect(a.network.status().peers[0]).toMatchObject({ disconnects: 1, receivedFailures: 1 });
});
