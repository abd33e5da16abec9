/** How wide what --help prints is. */

/** Where nobody says how wide a line is, and at most: longer lines are hard to read. */
export const HELP_COLUMNS = 100;
/** Below this lines would be mostly indentation. */
const COLUMNS_MIN = 40;

/** As wide as the terminal, so that it breaks no words. */
export function helpColumns({ isTTY, columns = 0 }: { readonly isTTY?: boolean; readonly columns?: number }): number {
  return isTTY === true && columns > 0 ? Math.min(HELP_COLUMNS, Math.max(COLUMNS_MIN, columns)) : HELP_COLUMNS;
}
