import type { Floor } from '../measure/rows';
import { CPU_FLOOR } from './group';
import type { Group } from './group';
import { benchKeys, steadyGroup, steadyTitle } from './steadyGroup';
import type { SteadyRow } from './steadyGroup';

const QUORUM_CONNECTIONS = 64;
const ALONE = { members: 1, target: 'leader' } as const;

function local(connections: number): SteadyRow {
  const floors: Floor[] = connections < 64 ? [] : [{ metric: 'requestsPerSecond', ratio: 1.25 }];
  const title = steadyTitle('GET', { connections, ...ALONE });
  return { title, kind: 'get', connections, ...ALONE, floors: [...floors, CPU_FLOOR] };
}

function quorum(place: Pick<SteadyRow, 'members' | 'target'>, floors: readonly Floor[]): SteadyRow {
  const connections = QUORUM_CONNECTIONS;
  const title = steadyTitle('GET with quorum=true', { connections, ...place });
  return { title, kind: 'quorumGet', connections, ...place, floors: [...floors, CPU_FLOOR] };
}

const TRIPLE: Floor = { metric: 'requestsPerSecond', ratio: 3 };

/** Reads from the local tree, and linearizable ones. */
export const get: Group = steadyGroup('get', 'GET', { fill: benchKeys }, [
  ...[1, 8, 64, 256].map(local),
  quorum(ALONE, []),
  quorum({ members: 3, target: 'leader' }, [TRIPLE]),
  quorum({ members: 3, target: 'follower' }, [TRIPLE]),
]);
