/** What `cairn doctor` found out about a cluster, before it says what that means. */
import type { Member } from '../../client/members';
import type { Metrics } from '../../client/metricsText';

/** A member that answered at one of its client URLs. */
export interface Answering {
  /** The client URL. */
  readonly url: string;
  readonly version: string;
  /** It reaches a majority of the members. */
  readonly isHealthy: boolean;
  /** It may be sent requests. */
  readonly isReady: boolean;
  /** Hexadecimal id; undefined: it knows no leader, or did not say. */
  readonly leader: string | undefined;
  /** The ids of all members, as this one knows them, sorted. */
  readonly memberIds: readonly string[];
  /** Undefined: they could not be read. */
  readonly metrics: Metrics | undefined;
}

export interface MemberFacts {
  readonly member: Member;
  readonly answering: Answering | undefined;
  /** Why it does not answer. */
  readonly failure: string;
  /** Somebody is there, and TLS with whoever asks failed: that says nothing of how the member is. */
  readonly isUnasked: boolean;
}

export interface ClusterFacts {
  /** The client URL at which the members were asked for. */
  readonly askedAt: string;
  readonly members: readonly MemberFacts[];
}

/** What members are called in what is said about them. */
export function nameOf({ member }: Pick<MemberFacts, 'member'>): string {
  return member.name === '' ? `${member.id} (not started)` : member.name;
}

/** Those that answered, with what they are called. */
export function answeringIn({ members }: ClusterFacts): readonly (Answering & { readonly name: string })[] {
  return members.flatMap((facts) =>
    facts.answering === undefined ? [] : [{ ...facts.answering, name: nameOf(facts) }],
  );
}

/** Those that answered and said their metrics. */
export function measuredIn(cluster: ClusterFacts): readonly { readonly name: string; readonly metrics: Metrics }[] {
  return answeringIn(cluster).flatMap(({ name, metrics }) => (metrics === undefined ? [] : [{ name, metrics }]));
}

/** What the member with this id is called; the id itself, if none has it. */
export function nameOfId({ members }: ClusterFacts, id: string): string {
  const facts = members.find(({ member }) => member.id === id);
  return facts === undefined ? id : nameOf(facts);
}
