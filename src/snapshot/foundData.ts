import { checkDirectory } from '../storage/directoryChecks';

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
