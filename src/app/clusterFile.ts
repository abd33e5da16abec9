/**
 * The file of `--discovery-cluster-file`: a discovery URL that was made at the first start of the service, as a configuration file for
 * the members of its cluster. So a deployment that many people use as it stands has a token of its own in each place.
 */
import { renameSync, rmSync } from 'node:fs';
import type { StartToken } from '../api/discovery/startTokens';
import { codeOf } from '../platform/errorCode';
import { readPlainFileSync, replaceFileSync } from '../platform/plainFile';

const CONTENT = /^discovery: "(\S+)\/([0-9a-f]{32})"\n$/;
const OWNER_ONLY = 0o600;

/** The file cannot be read or written, or somebody else's is there. */
export class ClusterFileError extends Error {
  override readonly name = 'ClusterFileError';
}

/**
 * The token that the file names, which is made and written where there is none. The same token stays in it for good; what is before it is
 * written anew when the service is found elsewhere.
 *
 * @param entry FILE=SIZE, which was checked
 * @param urlPrefix where members find the service, without a slash at its end
 * @throws ClusterFileError
 */
export function clusterOf(entry: string, urlPrefix: string, makeToken: () => string): StartToken {
  const border = entry.lastIndexOf('=');
  const [path, size] = [entry.slice(0, border), Number(entry.slice(border + 1))];
  const there = contentOf(path);
  const [, prefix, kept] = CONTENT.exec(there ?? '') ?? [];
  if (there !== undefined && kept === undefined) {
    throw new ClusterFileError(
      `--discovery-cluster-file: ${path} is there and was not written by this program: name another file, or remove it`,
    );
  }
  const token = kept ?? makeToken();
  if (prefix !== urlPrefix) write(path, `discovery: "${urlPrefix}/${token}"\n`);
  return { token, size };
}

function contentOf(path: string): string | undefined {
  try {
    return readPlainFileSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw unusable(path, 'read', error);
  }
}

/** Whole or not at all: a member that reads half a URL would register elsewhere. */
function write(path: string, content: string): void {
  const draft = `${path}.new`;
  try {
    replaceFileSync(draft, content, OWNER_ONLY);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw unusable(path, 'write', error);
  }
}

function unusable(path: string, what: 'read' | 'write', error: unknown): ClusterFileError {
  const reason = error instanceof Error ? error.message : String(error);
  return new ClusterFileError(
    `--discovery-cluster-file: cannot ${what} ${path}: ${reason}: name a file in a directory that this user may write to`,
    { cause: error },
  );
}
