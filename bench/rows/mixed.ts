import { CPU_FLOOR } from './group';
import type { Group } from './group';
import { benchKeys, steadyGroup, steadyTitle } from './steadyGroup';
import type { SteadyRow } from './steadyGroup';

const CONNECTIONS = 64;

const rows = ([1, 3] as const).map((members): SteadyRow => {
  const place = { connections: CONNECTIONS, members, target: 'leader' } as const;
  const floors = [{ metric: 'requestsPerSecond', ratio: 1.2 } as const, CPU_FLOOR];
  return { title: steadyTitle('90 % GET, 10 % PUT', place), kind: 'mixed', ...place, floors };
});

/** What clients do: many reads, some writes. */
export const mixed: Group = steadyGroup('mixed', 'Reads and writes', { fill: benchKeys }, rows);
