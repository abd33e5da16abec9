/**
 * What people type and what they get. The same stories are played to a real etcd, so an expectation that etcd does not meet is
 * noticed. Each story has keys of its own; `#` in an error stands for the store's index.
 */
export interface Typed {
  /** Separated by single spaces. */
  readonly line: string;
  readonly stdin?: string;
  readonly code?: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

function notFound(key: string): string {
  return `Error:  100: Key not found (${key}) [#]\n`;
}

export const STORIES: Readonly<Record<string, readonly Typed[]>> = {
  'set and get': [
    { line: 'set /kv/a one', stdout: 'one\n' },
    { line: 'get /kv/a', stdout: 'one\n' },
    { line: 'get kv/a --quorum', stdout: 'one\n' },
    { line: 'set /kv/a two --ttl 100', stdout: 'two\n' },
    { line: 'set /kv/stdin', stdin: 'line\n', stdout: 'line\n\n' },
    { line: 'get /kv/stdin', stdout: 'line\n\n' },
    { line: 'set /kv/\u00fcml\u00e4ut <&>', stdout: '<&>\n' },
    { line: 'get /kv/\u00fcml\u00e4ut', stdout: '<&>\n' },
    { line: 'get /kv/none', code: 4, stderr: notFound('/kv/none') },
    { line: 'get /kv', code: 1, stderr: '/kv: is a directory\n' },
    { line: 'set /kv/a/below x', code: 4, stderr: 'Error:  104: Not a directory (/kv/a) [#]\n' },
    { line: 'get', code: 1, stderr: 'Error:  key required\n' },
    { line: 'set', code: 1, stderr: 'Error:  key required\n' },
  ],
  'mk and update': [
    { line: 'mk /mk/a one', stdout: 'one\n' },
    { line: 'mk /mk/a two', code: 4, stderr: 'Error:  105: Key already exists (/mk/a) [#]\n' },
    { line: 'update /mk/a three', stdout: 'three\n' },
    { line: 'get /mk/a', stdout: 'three\n' },
    { line: 'update /mk/none x', code: 4, stderr: notFound('/mk/none') },
    { line: 'update /mk x', code: 4, stderr: 'Error:  102: Not a file (/mk) [#]\n' },
  ],
  'compare and swap, compare and delete': [
    { line: 'set /cas one', stdout: 'one\n' },
    { line: 'set /cas x --swap-with-value no', code: 4, stderr: 'Error:  101: Compare failed ([no != one]) [#]\n' },
    { line: 'set /cas two --swap-with-value one', stdout: 'two\n' },
    { line: 'set /cas x --swap-with-index 1', code: 4, stderr: 'Error:  101: Compare failed ([1 != #]) [#]\n' },
    { line: 'rm /cas --with-value no', code: 4, stderr: 'Error:  101: Compare failed ([no != two]) [#]\n' },
    { line: 'rm /cas --with-index 1', code: 4, stderr: 'Error:  101: Compare failed ([1 != #]) [#]\n' },
    { line: 'rm /cas --with-value two', stdout: '\n' },
    { line: 'get /cas', code: 4, stderr: notFound('/cas') },
  ],
  directories: [
    { line: 'mkdir /dirs' },
    { line: 'mkdir /dirs', code: 4, stderr: 'Error:  105: Key already exists (/dirs) [#]\n' },
    { line: 'setdir /dirs/set --ttl 100' },
    { line: 'setdir /dirs/set', code: 4, stderr: 'Error:  102: Not a file (/dirs/set) [#]\n' },
    { line: 'updatedir /dirs/set' },
    { line: 'updatedir /dirs/none --ttl 5', code: 4, stderr: notFound('/dirs/none') },
    { line: 'set /dirs/file 1', stdout: '1\n' },
    { line: 'rmdir /dirs', code: 4, stderr: 'Error:  108: Directory not empty (/dirs) [#]\n' },
    { line: 'rmdir /dirs/set' },
    { line: 'rm /dirs/set', code: 4, stderr: notFound('/dirs/set') },
    { line: 'rm /dirs/file', stdout: 'PrevNode.Value: 1\n' },
    { line: 'mkdir /dirs/empty' },
    { line: 'rm /dirs/empty', code: 4, stderr: 'Error:  102: Not a file (/dirs/empty) [#]\n' },
    { line: 'rm /dirs/empty --dir' },
    { line: 'set /dirs/deep/er/x 1', stdout: '1\n' },
    { line: 'rm /dirs/deep --dir', code: 4, stderr: 'Error:  108: Directory not empty (/dirs/deep) [#]\n' },
    { line: 'rm /dirs/deep --recursive' },
    { line: 'ls /dirs' },
    { line: 'rm / --recursive', code: 4, stderr: 'Error:  107: Root is read only (/) [#]\n' },
  ],
  ls: [
    { line: 'set /ls/b 1', stdout: '1\n' },
    { line: 'set /ls/a/y 2', stdout: '2\n' },
    { line: 'set /ls/a/x 3', stdout: '3\n' },
    { line: 'set /ls/_hidden 4', stdout: '4\n' },
    { line: 'ls /ls --sort', stdout: '/ls/a\n/ls/b\n' },
    { line: 'ls --sort -p /ls', stdout: '/ls/a/\n/ls/b\n' },
    { line: 'ls --sort --recursive /ls', stdout: '/ls/a\n/ls/a/x\n/ls/a/y\n/ls/b\n' },
    { line: 'ls /ls --sort --recursive -p', stdout: '/ls/a/\n/ls/a/x\n/ls/a/y\n/ls/b\n' },
    { line: 'ls /ls/b', stdout: '/ls/b\n' },
    { line: 'ls /ls/_hidden', stdout: '/ls/_hidden\n' },
    { line: 'ls /ls/none', code: 4, stderr: notFound('/ls/none') },
  ],
  'members that are not there': [
    { line: 'member remove 1f', code: 1, stderr: "Couldn't find a member in the cluster with an ID of 1f.\n" },
    { line: 'member update 1f http://127.0.0.1:1', code: 1, stderr: 'No such member: 1f\n' },
  ],
};
