/** The etcd whose API is spoken; clients compare it with what they need. */
export const ETCD_API_VERSION = '2.3.8';

/** The program that is running, as the process knows it. */
export interface Build {
  /** Of Cairn, without a `v`. */
  readonly version: string;
  /** As `process.version` says it. */
  readonly nodeVersion: string;
  /** Such as `linux/x64`. */
  readonly platform: string;
}

/** Four lines, as etcd 2.x prints for --version. */
export function versionText(build: Build): string {
  return [
    `Cairn Version: ${build.version}`,
    `etcd API: ${ETCD_API_VERSION}`,
    `Node.js: ${build.nodeVersion}`,
    `Platform: ${build.platform}`,
    '',
  ].join('\n');
}
