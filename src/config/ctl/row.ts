/** What a row of the table of cairnctl's commands says. */

/** switch: true or false, alone it is true. list: may be given again, and holds commas. duration: as Go writes them (`500ms`, `1m30s`). */
export type CtlFlagKind = 'switch' | 'text' | 'number' | 'duration' | 'list';

export interface CtlFlag {
  readonly kind: CtlFlagKind;
  /** One sentence. */
  readonly help: string;
  /** What stands for the value: N, VALUE, ... Every kind but a switch has one. */
  readonly placeholder?: string;
  /** Other names for it, without dashes. */
  readonly spellings?: readonly string[];
  readonly default?: string;
  /** Variables that say the same where it is not given, the strongest first. */
  readonly variables?: readonly string[];
}

export type CtlFlags = Readonly<Record<string, CtlFlag>>;

export interface CtlRow {
  /** What it does, in one sentence. */
  readonly help: string;
  /** What stands behind the flags: `KEY [VALUE]`. */
  readonly operands: string;
  readonly flags?: CtlFlags;
  /** Further sentences of its page. */
  readonly notes?: readonly string[];
}

/** A word that only has words behind it: `member list`. */
export interface CtlGroup {
  readonly help: string;
  readonly commands: Readonly<Record<string, CtlRow>>;
}
