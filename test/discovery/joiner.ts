import type { ListedCluster, ListedMember } from '../../src/discovery/beginning';
import type { DiscoveryOptions } from '../../src/discovery/discoveryOptions';
import type { Environment } from '../../src/discovery/environment';
import type { Notes, RegistrationNote } from '../../src/discovery/note';
import type { FoundersAnswer, WitnessNote, WitnessNotes } from '../../src/discovery/witness';
import { Witness } from '../../src/discovery/witness';
import { Registry } from '../../src/discovery/registry';
import { clusterIdOf, memberIdOf } from '../../src/member/identity';
import { RealClock } from '../../src/platform/realClock';
import { dialTcp } from '../../src/platform/dial';

/** Waits of seconds pass in milliseconds. */
const HASTE = 50;

export class FakeNotes implements Notes {
  note: RegistrationNote | undefined;
  onWrite: () => void = () => undefined;

  read(): Promise<RegistrationNote | undefined> {
    return Promise.resolve(this.note);
  }

  write(note: RegistrationNote): Promise<void> {
    this.note = note;
    this.onWrite();
    return Promise.resolve();
  }

  remove(): Promise<void> {
    this.note = undefined;
    return Promise.resolve();
  }
}

export class FakeWitnessNotes implements WitnessNotes {
  note: WitnessNote | undefined;
  writes = 0;

  read(): Promise<WitnessNote | undefined> {
    return Promise.resolve(this.note);
  }

  write(note: WitnessNote): Promise<void> {
    this.note = note;
    this.writes += 1;
    return Promise.resolve();
  }
}

/** The answer of a founder at `peerURL` that starts for the first time, as the one that asks does. */
export function founderThatBegins(peerURL: string, token: string): FoundersAnswer {
  const memberId = memberIdOf([peerURL], token);
  const incarnation = memberId.padStart(32, '0');
  return { kind: 'witness', memberId, incarnation, running: false, knows: 'early', started: false, changed: false };
}

export interface Said {
  readonly lines: string[];
  readonly stop: AbortController;
  readonly environment: Environment;
}

/** An environment in a hurry that keeps what is logged. */
export function environment(): Said {
  const lines: string[] = [];
  const clock = new RealClock();
  const stop = new AbortController();
  const log = (_: object, message: string): void => {
    lines.push(message);
  };
  return {
    lines,
    stop,
    environment: {
      clock: { monotonicMs: () => clock.monotonicMs(), after: (delayMs, run) => clock.after(delayMs / HASTE, run) },
      random: Math.random,
      log: { info: log, warn: log },
      signal: stop.signal,
      dial: dialTcp,
    },
  };
}

export interface Joiner extends Said {
  readonly options: DiscoveryOptions;
  readonly id: string;
}

/** A member called `name` at http://NAME:2380, whose data directory is `notes`. */
export function joiner(
  name: string,
  url: string,
  notes: Notes = new FakeNotes(),
  rest: Partial<DiscoveryOptions> = {},
): Joiner {
  const said = environment();
  const peerURLs = rest.peerURLs ?? [`http://${name}:2380`];
  const id = memberIdOf(peerURLs, url);
  const options: DiscoveryOptions = {
    name,
    peerURLs,
    unfinishedId: undefined,
    autoRejoin: true,
    replaceMember: (_, lost) => Promise.resolve(lost === undefined ? 'added' : `instead-of-${lost.id}`),
    log: said.environment.log.warn,
    registry: new Registry(url, said.environment, 300),
    notes,
    foundingId: id,
    clusterIdOf,
    fetchMembers: () => Promise.reject(new Error('refused')),
    witness: new Witness(new FakeWitnessNotes(), () => Promise.reject(new Error('refused'))),
    askFounder: (peerURL) => Promise.resolve(founderThatBegins(peerURL, url)),
    environment: said.environment,
    ...rest,
  };
  return { ...said, options, id };
}

export function listed(name: string, url: string, shownName = name): ListedMember {
  const peerURLs = [`http://${name}:2380`];
  return { id: memberIdOf(peerURLs, url), name: shownName, peerURLs, clientURLs: [`http://${name}:2379`] };
}

/** The cluster that members with these names found through the token. */
export function clusterOf(names: readonly string[], url: string, unstarted: readonly string[] = []): ListedCluster {
  const members = names.map((name) => listed(name, url, unstarted.includes(name) ? '' : name));
  return { clusterId: clusterIdOf(members.map(({ id }) => id)), members };
}
