import { checkDirectory } from '../storage/directoryChecks';
import { preparing } from '../storage/preparing';

export { discardHalfFilled } from '../storage/fillDirectory';

/** What is where a state is to be restored to. Filling: a restore did not come to its end, and nothing of it counts. */
export type FoundData = 'none' | 'filling' | 'there';

/** Rejects with StorageError for a directory that is none of a member, or cannot be one. */
export async function foundDataIn(path: string): Promise<FoundData> {
  const { kind } = await checkDirectory(path);
  switch (kind) {
    case 'ours':
      return 'there';
    case 'filling':
      return 'filling';
    case 'missing':
    case 'empty':
    case 'interrupted':
      return 'none';
  }
}

/** Runs unless a restore is at work in the directory, which has to be there; then that one does what is to be done. */
export async function unlessFilled(path: string, run: () => Promise<void>): Promise<void> {
  await preparing(path, run);
}
