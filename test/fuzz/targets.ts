import { httpTargets } from './httpTargets';
import { outsideTargets } from './outsideTargets';
import { storageTargets } from './storageTargets';
import type { Target } from './target';
import { tlsTargets } from './tlsTargets';
import { wireTargets } from './wireTargets';

/** Every decoder of the project. A new one belongs into one of these files. */
export const targets: readonly Target[] = [
  ...wireTargets,
  ...storageTargets,
  ...httpTargets,
  ...outsideTargets,
  ...tlsTargets,
];
