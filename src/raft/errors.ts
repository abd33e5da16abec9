/** A promise of the algorithm does not hold: the member must stop before it does harm (paper figure 3). */
export class RaftInvariantError extends Error {
  override readonly name = 'RaftInvariantError';
}
