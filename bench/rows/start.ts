import { performance } from 'node:perf_hooks';
import { pause } from '../pause';
import { withCluster } from '../servers/cluster';
import { residentMib } from '../servers/usage';
import type { Group } from './group';

const SETTLE_MS = 2000;

/** A member that has nothing to do. */
export const start: Group = {
  name: 'start',
  title: 'An idle member',
  rounds: (plan) => plan.rounds,
  measure: async (round) => {
    for (let turn = 0; turn < round.plan.starts; turn++) {
      const startedAt = performance.now();
      await withCluster(round.program, 1, [], async (cluster) => {
        const startMs = performance.now() - startedAt;
        await pause(SETTLE_MS);
        const sample = { startMs, residentMib: residentMib(cluster.pids) };
        round.record({ title: 'Start with an empty data directory, one member', floors: [] }, sample);
      });
    }
  },
};
