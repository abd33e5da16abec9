import { CPU_FLOOR } from './group';
import type { Group } from './group';
import { benchKeys, steadyGroup, steadyTitle } from './steadyGroup';
import type { SteadyRow } from './steadyGroup';

const VALUE_BYTES = 10_000;
const PLACE = { connections: 64, members: 1, target: 'leader' } as const;

const rows = (['get', 'put'] as const).map((kind): SteadyRow => {
  const floors = [{ metric: 'requestsPerSecond', ratio: 1 } as const, CPU_FLOOR];
  return { title: steadyTitle(`${kind.toUpperCase()} of 10 KB`, PLACE), kind, ...PLACE, floors };
});

/** Whole configuration files as values. */
export const large: Group = steadyGroup('large', 'Values of 10 KB', { fill: benchKeys, valueBytes: VALUE_BYTES }, rows);
