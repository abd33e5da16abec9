/** A file that is there as long as programs may read the directory. */
import { rename, rm, writeFile } from 'node:fs/promises';

export class ReadyFile {
  private text: string | undefined;

  constructor(private readonly path: string) {}

  /** Writes it if it says something else. Rejects as the file system does. */
  async say(text: string): Promise<void> {
    if (text === this.text) return;
    const next = `${this.path}.tmp`;
    await writeFile(next, text);
    await rename(next, this.path);
    this.text = text;
  }

  /** Also that of an earlier process. Rejects as the file system does. */
  async remove(): Promise<void> {
    this.text = undefined;
    await rm(this.path, { force: true });
  }
}
