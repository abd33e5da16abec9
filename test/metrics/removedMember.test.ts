import { Metrics } from '../../src/metrics/metrics';
import { parseExposed } from './exposed';
import { readings } from './readings';

test('of a member that was removed nothing is shown', async () => {
  const metrics = new Metrics({ detail: 'extensive', legacyNames: true, nowMs: () => 0 });
  try {
    const looked = readings();
    const peers = (...ids: string[]) => ids.map((id) => ({ ...looked.peers[0]!, id }));
    const { recorders } = metrics;
    for (const id of ['b', 'c']) {
      recorders.probed(id, 1);
      recorders.appended(id, 1);
      recorders.sendingState(id)(true);
      recorders.receivingState(id)(false);
    }
    const lastSending = recorders.sendingState('c');
    const shown = async (ids: readonly string[]): Promise<string[]> => {
      metrics.connect(() => Promise.resolve({ ...looked, peers: peers(...ids), followers: [] }));
      const samples = [...parseExposed(await metrics.metrics()).values()].flatMap((metric) => metric.samples);
      return samples.flatMap(({ name, labels }) => ([labels['To'], labels['From']].includes('c') ? [name] : []));
    };
    expect((await shown(['b', 'c'])).length).toBeGreaterThan(10);
    expect(await shown(['b'])).toEqual([]);
    // What was under way with it ends.
    lastSending(false);
    expect(await shown(['b'])).toEqual([]);
    expect(recorders.probes.entries().map(([id]) => id)).toEqual(['b']);
  } finally {
    metrics.stop();
  }
});
