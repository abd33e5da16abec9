import type { InitialCluster } from './cluster';
import type { activeOptions, ActiveName } from './options';
import type { Kind } from './options/types';
import type { Endpoint } from './urls';

/** `heartbeat-interval` to `heartbeatInterval`. */
type Camel<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Name;

/** The unit goes last: durations end in `Ms`. */
type Property<Name extends string, K extends Kind> = K extends { readonly type: 'duration' }
  ? `${Camel<Name>}Ms`
  : Camel<Name>;

/** What the text of an option becomes. */
export type ValueOf<K extends Kind> = K extends { readonly type: 'enum'; readonly values: readonly (infer Word)[] }
  ? Word
  : K extends { readonly type: 'integer' | 'duration' }
    ? number
    : K extends { readonly type: 'boolean' }
      ? boolean
      : K extends { readonly type: 'urls' }
        ? readonly Endpoint[]
        : K extends { readonly type: 'strings' }
          ? readonly string[]
          : K extends { readonly type: 'cluster' }
            ? InitialCluster
            : string;

/** Everything the server is told when it starts: one property for each active row of the table of options. */
export type Configuration = {
  readonly [Name in ActiveName as Property<Name, (typeof activeOptions)[Name]['kind']>]: ValueOf<
    (typeof activeOptions)[Name]['kind']
  >;
} & {
  /** Why a member without data cannot begin with this --initial-cluster; one that has data does not look at it. */
  readonly foundingConflict?: string;
};

/** The property of an option in `Configuration`; says in code what `Property` says in types. */
export function propertyOf(name: string, kind: Kind): string {
  const camel = name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return kind.type === 'duration' ? `${camel}Ms` : camel;
}
