import { VALUE_BYTES } from '../client/requests';
import type { Floor } from '../measure/rows';
import { CPU_FLOOR } from './group';
import type { Group } from './group';
import { benchKeys, steadyGroup, steadyTitle } from './steadyGroup';
import type { SteadyRow } from './steadyGroup';

const PLACES = [
  { members: 1, target: 'leader' },
  { members: 3, target: 'leader' },
  { members: 3, target: 'follower' },
] as const;

function floorsOf(connections: number): readonly Floor[] {
  if (connections < 64) return [{ metric: 'requestsPerSecond', ratio: 1 }, CPU_FLOOR];
  return [{ metric: 'requestsPerSecond', ratio: 1.1 }, { metric: 'p99Ms', ratio: 1 }, CPU_FLOOR];
}

const rows = PLACES.flatMap((place) =>
  (place.members === 1 ? [1, 8, 64, 256] : [1, 64, 256]).map((connections): SteadyRow => {
    const title = steadyTitle('PUT', { connections, ...place });
    return { title, kind: 'put', connections, ...place, floors: floorsOf(connections) };
  }),
);

/** Durable writes over a thousand keys. */
export const put: Group = steadyGroup('put', `PUT of ${VALUE_BYTES} bytes`, { fill: benchKeys }, rows);
