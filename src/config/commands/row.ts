/** What a row of the table of commands says. */

/** An option of a command. Its value is text, or a whole number within the bounds; a switch has none. */
export interface CommandFlag {
  /** What stands for the value: URL, N, SECONDS, ... Undefined: it is a switch, which is given or not. */
  readonly placeholder?: string;
  /** One or two sentences. */
  readonly help: string;
  /** Undefined: it has to be given, unless it is a switch. */
  readonly default?: string;
  /** What the default is, where it is not a text that could be written. */
  readonly defaultShown?: string;
  readonly bounds?: { readonly minimum: number; readonly maximum: number };
  /** Other names for it, without dashes. */
  readonly spellings?: readonly string[];
  /** Variables that say the same where it is not given, the strongest first. */
  readonly variables?: readonly string[];
  /** Many commands have it: `[--ca-file FILE ...]` stands for all of these in the line that says how a command is used. */
  readonly isLeftOutOfUsage?: boolean;
}

export interface CommandRow {
  /** A few sentences for --help and docs/configuration.md. */
  readonly help: string;
  /** What has to be given without a name, in this order: `cairn import FILE`. In brackets what may be left out, at the end. */
  readonly operands?: readonly string[];
  /** What the first of them may be, where that is one of a few words. */
  readonly firstWords?: readonly string[];
  /** For which first operands --url may name several members; of a command whose --url is shown as URL,... it always may. */
  readonly severalUrlsFor?: readonly string[];
  /** Undefined: it has the options of a member. */
  readonly flags?: Readonly<Record<string, CommandFlag>>;
}
