import { wrap } from './text';

/** Why a process ended, and in which words: --help, the manual pages and docs/ show these. Supervisors and scripts rely on the numbers: they never change. */
export interface ExitCode {
  readonly code: number;
  readonly meaning: string;
}

/** Of a process that runs a member, a proxy or a standby. */
export const exitCodes = {
  ok: { code: 0, meaning: 'It was asked to stop and did so in order, or it only printed something.' },
  unexpectedFailure: { code: 1, meaning: 'A fault in Cairn itself: the log has the details.' },
  badConfiguration: {
    code: 2,
    meaning:
      'A flag, a variable, the configuration file, or a file of a certificate or a key is wrong; or how the member is to begin does ' +
      'not fit the cluster or the token, or --force-new-cluster, --audit-log or --discovery-cluster-file cannot be carried out: the ' +
      'message says which and what to do.',
  },
  cannotListen: {
    code: 3,
    meaning:
      'An address of --listen-client-urls, --listen-peer-urls or --listen-metrics-urls is in use or is not on this machine.',
  },
  storageFailure: {
    code: 4,
    meaning:
      'The disk failed, is full or hangs, what is stored on it is damaged, or the data directory was taken away while it ran: the message says what to do. Nothing is acknowledged ' +
      'that is not on disk. Where the disk hangs, or the engine does not let go of a full one, the process kills itself (137).',
  },
  dataDirectoryUnusable: {
    code: 5,
    meaning:
      'The data directory is locked by another process, belongs to another program, another member or another cluster, ' +
      'has a newer format, or has the wrong permissions.',
  },
  removedFromCluster: {
    code: 6,
    meaning:
      'The cluster removed this member. Its data directory is of no further use. Where the size of the cluster is set ' +
      '(--cluster-active-size) the member waits as a standby instead.',
  },
  stateDiffers: {
    code: 7,
    meaning:
      'The state of this member is not that of the majority: the disk or the memory is faulty, or there is a fault in Cairn. ' +
      'Its data directory is marked and not served from again. With --auto-rejoin the next start moves the directory aside and ' +
      'takes its place as a new member; without it each start ends so until the member was removed and added again.',
  },
  clusterIsFull: {
    code: 8,
    meaning:
      'All places of the cluster that --discovery makes were taken before this member came, and --discovery-fallback is exit.',
  },
  machineTooSmall: {
    code: 9,
    meaning:
      'The machine allows this process too little to run: too few file descriptors, or a clock before 1970. The message says how ' +
      'to raise the limit, or to set the clock.',
  },
  programTooOld: {
    code: 10,
    meaning:
      'The data or the cluster are of a feature level of a newer version of Cairn. Nothing was changed: start the newer version.',
  },
  dataOutdated: {
    code: 11,
    meaning:
      'The data directory is older than what this member acknowledged, as after it was restored from a copy. It is marked and not ' +
      'used again, as with code 7.',
  },
  alreadyRunning: {
    code: 12,
    meaning:
      'The data directory is empty and the member whose place this process would take runs elsewhere: its leader hears from it. ' +
      'Nothing was changed.',
  },
  stoppedAtOnce: {
    code: 130,
    meaning:
      'It was asked to stop once more (Ctrl-C twice, or a second signal half a second after the first) and ended without finishing ' +
      'what was under way. What was acknowledged is kept. 130 is what a shell says of Ctrl-C.',
  },
} as const satisfies Record<string, ExitCode>;

const stoppedAtOnce = exitCodes.stoppedAtOnce.code;

/** Of `cairn COMMAND`. */
export const commandExitCodes = {
  done: { code: 0, meaning: 'It is done.' },
  failed: {
    code: 1,
    meaning: 'It could not be done, or something is wrong that it was to look for: the message says what.',
  },
  badUsage: {
    code: 2,
    meaning: 'The arguments, a variable, or a file that they name are wrong: the message says which and what to do.',
  },
  stoppedAtOnce: { code: stoppedAtOnce, meaning: 'It was asked to stop once more and ended without finishing.' },
} as const satisfies Record<string, ExitCode>;

/** Of `cairnctl`: those of etcdctl. */
export const ctlExitCodes = {
  ok: { code: 0, meaning: 'It is done.' },
  badArguments: {
    code: 1,
    meaning: 'The arguments are wrong; also each failure of member, user, role and auth.',
  },
  badConnection: { code: 2, meaning: 'Nobody listens at the endpoints when they are asked for the members.' },
  noSuchTopic: { code: 3, meaning: 'There is no such command.' },
  serverError: { code: 4, meaning: 'A member says no, or none answers as it should.' },
  clusterNotHealthy: { code: 5, meaning: 'The cluster is not healthy.' },
} as const satisfies Record<string, ExitCode>;

/** Lines as `  0  It is done.`, in so many columns. */
export function exitCodeLines(codes: Readonly<Record<string, ExitCode>>, columns: number): readonly string[] {
  return Object.values(codes).flatMap(({ code, meaning }) => {
    const [first = '', ...others] = wrap(meaning, columns - INDENT.length);
    return [`  ${String(code).padEnd(INDENT.length - 2)}${first}`, ...others.map((line) => INDENT + line)];
  });
}

const INDENT = '       ';

export type ExitCodeName = keyof typeof exitCodes;
