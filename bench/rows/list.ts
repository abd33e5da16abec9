import { CPU_FLOOR } from './group';
import type { Group } from './group';
import { steadyGroup, steadyTitle } from './steadyGroup';

const PLACE = { connections: 4, members: 1, target: 'leader' } as const;

/** A directory and everything below it in one answer. */
export const list: Group = steadyGroup(
  'list',
  'Listing many keys recursively',
  { fill: ({ plan }) => ({ space: 'list', count: plan.listedKeys }) },
  [
    {
      title: steadyTitle('GET of all keys with recursive=true', PLACE),
      kind: 'list',
      ...PLACE,
      floors: [{ metric: 'requestsPerSecond', ratio: 1 }, CPU_FLOOR],
    },
  ],
);
