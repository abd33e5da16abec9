import { access } from 'node:fs/promises';

/** Whether there is something that can be got at. Never rejects. */
export async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
