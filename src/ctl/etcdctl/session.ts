/** What a command gets: what it was given, and the cluster it speaks to. */
import type { Cluster, DialFor } from './cluster';
import type { FlagValues } from './flagValues';
import type { Io } from './io';

export interface Session {
  readonly io: Io;
  /** Those before the command. */
  readonly globals: FlagValues;
  readonly flags: FlagValues;
  readonly operands: readonly string[];
  /** How many operands stood before `--`; undefined: it was not there. */
  readonly separatedAt: number | undefined;
  /** simple, extended, json, or what was written instead. */
  readonly form: string;
  /** Made, and asked for its members unless --no-sync says otherwise, when it is first needed. Rejects with Failure. */
  cluster(): Promise<Cluster>;
  /** The same without asking for members. */
  clusterAsGiven(): Promise<Cluster>;
  /** For a member that is asked itself. Rejects with Failure. */
  readonly dialFor: DialFor;
}

/** Rejects with Failure. */
export type Command = (session: Session) => Promise<void>;
