/** A file that is there as long as programs may read the directory. */
import { open, rename, rm } from 'node:fs/promises';

export class ReadyFile {
  private text: string | undefined;

  constructor(private readonly path: string) {}

  /** Writes it if it says something else. Rejects as the file system does. */
  async say(text: string): Promise<void> {
    if (text === this.text) return;
    const next = `${this.path}.tmp`;
    // It may lie where others write too: what they put there, such as a link that leads elsewhere, goes, and is not written through.
    await rm(next, { force: true });
    const file = await open(next, 'wx');
    try {
      await file.writeFile(text);
      await file.close();
      await rename(next, this.path);
    } catch (error) {
      await file.close();
      await rm(next, { force: true });
      throw error;
    }
    this.text = text;
  }

  /** Also that of an earlier process. Rejects as the file system does. */
  async remove(): Promise<void> {
    this.text = undefined;
    await rm(this.path, { force: true });
  }
}
