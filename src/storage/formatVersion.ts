/** Which data this program can read. */
import { StorageError } from './errors';
import { FORMAT_VERSION } from './layout';

/** `what` names the data. Throws StorageError of kind format for data of another version. */
export function checkFormatVersion(version: number, what: string): void {
  if (version > FORMAT_VERSION) {
    throw new StorageError(
      'format',
      `${what} has format ${version}, this program knows up to ${FORMAT_VERSION}: use the newer program`,
    );
  }
  if (version < FORMAT_VERSION) {
    throw new StorageError(
      'format',
      `${what} has format ${version} of a version before the first release, this program reads only ${FORMAT_VERSION}: ` +
        'use that version, or remove the data; a member of a cluster gets it back from the others',
    );
  }
}
