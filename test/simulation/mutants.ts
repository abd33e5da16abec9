/**
 * Bugs to be found: each is planted by changing a prototype for the length of a run, never in the program itself. A
 * simulation that does not find one of them proves less than it says.
 */
import { MEMBER_MUTANTS } from './memberMutants';
import type { Mutant } from './planting';
import { RAFT_MUTANTS } from './raftMutants';

export const MUTANTS: readonly Mutant[] = [...RAFT_MUTANTS, ...MEMBER_MUTANTS];
