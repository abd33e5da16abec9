/** What a row of the table of options may say. */
import type { Result } from '../result';
import type { EndpointUse } from '../urls';

/** What the text of an option means once it is parsed. */
export type Kind =
  | {
      readonly type: 'string';
      readonly matches: RegExp;
      /** Of its UTF-8. */
      readonly bytesMax?: number;
      readonly expected: string;
    }
  | { readonly type: 'integer'; readonly minimum: number; readonly maximum: number; readonly unit: 'bytes' | 'count' }
  /** Whole milliseconds. */
  | { readonly type: 'duration'; readonly minimum: number; readonly maximum: number }
  | { readonly type: 'boolean' }
  /** `anyCase`: capitals mean the same. */
  | { readonly type: 'enum'; readonly values: readonly string[]; readonly anyCase?: true }
  | { readonly type: 'urls'; readonly use: EndpointUse; readonly mayBeEmpty?: true }
  /** May be empty. `placeholder` stands for the value in help. */
  | {
      readonly type: 'strings';
      readonly placeholder: string;
      readonly matches: RegExp;
      readonly expected: string;
      /** What is wrong with an item that matches, as a sentence without the option's name; undefined: nothing. */
      readonly faultOf?: (item: string) => string | undefined;
    }
  /** `name=url,name=url`; needs the member's own name and URLs to be checked. */
  | { readonly type: 'cluster' };

/** A `switch` may stand alone on the command line; a `value` may not. */
export type Shape = 'value' | 'switch';

export type Era = '0.1' | '0.4' | '2.3';

/**
 * What turns an older spelling's text into the option's.
 * `same`: nothing to do. `address`: a host:port that says something about two options, see config/addresses.ts. `authorities`: a file of
 * CAs that also demands a certificate of each client, see config/authorities.ts.
 * A function answers undefined if the text sets nothing (`--debug=false`).
 */
export type Conversion = 'same' | 'address' | 'authorities' | ((text: string) => Result<string | undefined>);

/** A name of an older etcd that means this option. */
export interface Spelling {
  readonly name: string;
  readonly era: Era;
  readonly env?: string;
  readonly shape: Shape;
  readonly convert: Conversion;
}

/** A default that follows other options, and is also meant by an empty text; `shown` is what help and documentation print. */
export interface DerivedDefault {
  readonly shown: string;
  readonly derive: (textOf: (option: string) => string) => string;
}

export type Group =
  | 'Member'
  | 'Clustering'
  | 'Discovery'
  | 'Discovery service'
  | 'Proxy'
  | 'Client requests'
  | 'Security'
  | 'Metrics'
  | 'Logging';

/** An option that has an effect. Flag and file key are its name in the table; its variable is derived from it. */
export interface ActiveOption {
  readonly status: 'active';
  readonly group: Group;
  readonly kind: Kind;
  /** In the form in which it is written on the command line. */
  readonly default: string | DerivedDefault;
  /** One or two sentences for help and documentation. */
  readonly help: string;
  readonly spellings?: readonly Spelling[];
  /** Whoever knows its text can do more than others: it is not shown where strangers look. */
  readonly secret?: true;
}

/** Says what the program does rather than how; no key of the configuration file. */
export interface CommandOption {
  readonly status: 'command';
  readonly shape: Shape;
  /** Only where a variable makes sense. */
  readonly env?: string;
  readonly help: string;
  readonly spellings?: readonly Spelling[];
}

/** Known from another etcd, accepted and without effect; ignoring it is harmless. */
export interface IgnoredOption {
  readonly status: 'ignored';
  readonly shape: Shape;
  /** Ends the sentence "it has no effect: ...". */
  readonly because: string;
  readonly spellings?: readonly Spelling[];
}

/** Refused, because a server that ignored it would do something else than its operator believes. */
export interface UnavailableOption {
  readonly status: 'unavailable';
  readonly shape: Shape;
  /** Texts that ask for nothing and are therefore accepted, beside the empty one and the `false` of a switch. */
  readonly harmless: readonly string[];
  /** Ends the sentence "it is not available: ...", and says what to do instead. */
  readonly because: string;
  readonly spellings?: readonly Spelling[];
}

export type Option = ActiveOption | CommandOption | IgnoredOption | UnavailableOption;
