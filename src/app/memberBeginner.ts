/** How a member without a state begins, as it is configured. */
import type { Logger } from 'pino';
import type { Configuration } from '../config/configuration';
import { formatEndpoint } from '../config/urls';
import type { FounderName } from '../discovery/askBack';
import { ClusterFullError, JoinError, type Beginning, type Founder } from '../discovery/beginning';
import { tellAdvertisedUrls, type AdvertisedNotes } from '../discovery/advertisedUrls';
import { beginFromDiscovery } from '../discovery/discoveryUrl';
import type { Environment } from '../discovery/environment';
import { keepRegistered } from '../discovery/firstLeader';
import { beginFromJoinUrls, type JoinUrlsOptions } from '../discovery/joinUrls';
import { beginUnlessJoined } from '../discovery/meanwhile';
import { untilKnownAgree } from '../discovery/agreement';
import { askForRoom } from '../discovery/room';
import { beginFromPeers, peerUrlsOf } from '../discovery/peers';
import { leaderBesides, type LeaderBesides, type LeaderQuestion } from '../discovery/leaderBesides';
import { HttpMembersApi } from '../discovery/membersApi';
import type { Notes } from '../discovery/note';
import { Registry } from '../discovery/registry';
import { replaceMember } from '../discovery/replaceMember';
import { joinOrAdd, untilOneAnswers, type EntryOptions } from '../discovery/runningCluster';
import { shownUrl } from '../discovery/shownUrl';
import { ofToken } from '../discovery/sizedCluster';
import type { Lookup } from '../discovery/srvRecords';
import { isUnstarted } from '../discovery/unstarted';
import { beginFromStaticList, type StaticListOptions } from '../discovery/staticList';
import type { FoundersAnswer, FoundersQuestion, Witness } from '../discovery/witness';
import type { MemberInfo } from '../machine/cluster/members';
import { clusterIdOf, memberIdOf } from '../member/identity';
import type { LocalMember } from '../member/localMember';
import type { Dial } from '../platform/dial';
import { RealClock } from '../platform/realClock';
import { askFounder as askFounderAt, askFounderName as askFounderNameAt } from '../peer/askFounder';
import { fetchMembers } from '../peer/fetchMembers';
import { readPlainFileSync } from '../platform/plainFile';
import type { KnownCluster } from '../platform/standbyFile';
import { configuredFounders, DNS, foundationOf } from './configuredFounders';
import type { Dials } from './dials';
import { foreignListText } from './foreignList';
import { readStandbyNote } from './removedData';
import { withoutTrailingSlashes } from '../platform/trailingSlashes';

const ASK_TIMEOUT_MS = 2000;
/** Answered from memory, or after one write to the disk and a question back. */
const ASK_FOUNDER_TIMEOUT_MS = 1500;
/** Answered from memory. Less than the above, so that whoever waits for it is answered in time. */
const ASK_FOUNDER_NAME_TIMEOUT_MS = 1000;

/** What this data directory has told others, or is about to. */
export interface BeginnerNotes {
  readonly registration: Notes;
  /** The id of the cluster in which it began to take the place of a lost member. */
  readonly returning: {
    read(): Promise<string | undefined>;
    /** Durable when it resolves. */
    write(clusterId: string): Promise<void>;
    remove(): Promise<void>;
  };
}

/** Begins one member. */
export class MemberBeginner {
  private readonly environment: Environment;
  private readonly peerURLs: readonly string[];
  /** Whether there was no member in the data directory. */
  wasAsked = false;

  /** @param signal aborted when the process is asked to stop: a beginning that still waits rejects with its reason */
  constructor(
    private readonly configuration: Configuration,
    private readonly notes: BeginnerNotes,
    private readonly witness: Witness,
    private readonly dials: Dials,
    logger: Logger,
    signal: AbortSignal,
    private readonly dns: Lookup = DNS,
  ) {
    this.environment = { clock: new RealClock(), random: Math.random, log: logger, signal, dial: dials.client };
    this.peerURLs = configuration.initialAdvertisePeerUrls.map(formatEndpoint);
  }

  /**
   * For a member that has no state. Rejects with JoinError, and with ClusterFullError if it is too late for a discovery URL.
   * @param unfinishedId under which an earlier run began to join
   */
  readonly begin = async (unfinishedId: string | undefined): Promise<Beginning> => {
    this.wasAsked = true;
    const { configuration, environment, peerURLs } = this;
    const note = await readStandbyNote(configuration.dataDir);
    if (note !== undefined) return this.beginFromStandby(this.entry(unfinishedId, peerURLs), note);
    if (configuration.foundingConflict !== undefined) throw new JoinError(configuration.foundingConflict);
    const founders = await configuredFounders(configuration, this.dns, environment);
    const listed = founders instanceof JoinError ? [] : founders;
    // Where DNS says who founds, the cluster knows this member by its record.
    const record =
      configuration.discoverySrv === '' ? undefined : listed.find(({ name }) => name === configuration.name);
    const own = record?.peerURLs ?? peerURLs;
    const entry = this.entry(unfinishedId, own);
    const token = this.discoveryUrl() ?? configuration.initialClusterToken;
    const foundingId = memberIdOf(own, token);
    const join = {
      ...{ ...entry, foundingId, urls: configuration.joinUrls.map((url) => url.toLowerCase()) },
      foundation: configuration.discovery === '' ? foundationOf(listed, token) : undefined,
      isOnlyWay: configuration.initialClusterState === 'existing' && !namesOthers({ ...configuration, joinUrls: [] }),
      ...{ fetchMembers: this.ask, environment },
    };
    const joined = await beginFromJoinUrls(join);
    if (joined !== undefined) return joined;
    if (configuration.discovery !== '') return this.beginFromDiscovery(join);
    const byPeers = await beginFromPeers({ ...join, urls: this.peers() });
    if (byPeers !== undefined) return byPeers;
    if (founders instanceof JoinError) throw founders;
    return this.beginFromList(entry, founders);
  };

  /** Before the others are given up for lost. */
  readonly findLeader = (question: LeaderQuestion): Promise<LeaderBesides | undefined> =>
    leaderBesides(question, this.configuration.electionTimeoutMs, this.environment);

  /**
   * What is left to do for discovery while the member runs; ends when the process is asked to stop.
   *
   * @param members that the data directory knows, if it has a member
   */
  async accompany(members: readonly MemberInfo[]): Promise<void> {
    const { configuration, environment, peerURLs } = this;
    const url = this.discoveryUrl();
    if (!this.wasAsked) this.tellIgnored(members);
    const note = await this.notes.registration.read();
    if (url === undefined || note?.protocol !== '0.4' || note.url !== url) return;
    await keepRegistered({ registry: this.registryAt(url), name: configuration.name, peerURLs, environment });
  }

  /** What options say of a beginning counts only where there is none. */
  private tellIgnored(members: readonly MemberInfo[]): void {
    const { configuration, environment } = this;
    const { initialCluster, name, discoverySrv, joinUrls } = configuration;
    if (this.discoveryUrl() !== undefined || discoverySrv !== '' || joinUrls.length > 0) {
      environment.log.info({}, 'the data directory has a member already: it does not join by discovery or join URLs');
    }
    const doubt = configuration.foundingConflict ?? foreignListText(initialCluster, name, members);
    if (doubt === undefined) return;
    environment.log.warn({}, `${doubt}; ignored, because the data directory has a member already`);
  }

  /** Tells the cluster if this member is reached at other peer URLs than before; see discovery/advertisedUrls.ts. Never rejects for that. */
  async tellAdvertisedUrls(
    member: Pick<LocalMember, 'id' | 'members' | 'updateMember'>,
    notes: AdvertisedNotes,
  ): Promise<void> {
    const { environment, peerURLs } = this;
    const api = this.membersApi();
    await tellAdvertisedUrls({
      ...{ memberId: member.id, peerURLs, notes, environment },
      members: () => member.members(),
      update: (server) =>
        server === undefined ? member.updateMember(member.id, peerURLs) : api.update(server, member.id, peerURLs),
    });
  }

  /** Of --peers or --peers-file. */
  private peers(): readonly string[] {
    const { peers, peersFile, peerCertFile, peerAutoTls } = this.configuration;
    const scheme = peerCertFile !== '' || peerAutoTls ? 'https' : 'http';
    if (peersFile === '') return peerUrlsOf(peers.join(','), scheme, '--peers');
    let text: string;
    try {
      text = readPlainFileSync(peersFile);
    } catch (error) {
      throw new JoinError(
        `--peers-file ${peersFile} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    return peerUrlsOf(text, scheme, `--peers-file ${peersFile}`);
  }

  /** Without slashes at the end: it is part of what ids are made from. */
  private discoveryUrl(): string | undefined {
    const { discovery } = this.configuration;
    return discovery === '' ? undefined : withoutTrailingSlashes(discovery);
  }

  /**
   * It was a member before, so it comes back to that cluster, by whatever options it came then. Which members that has now is for a
   * majority of those to say that it knew last.
   */
  private async beginFromStandby(entry: EntryOptions, known: KnownCluster): Promise<Beginning> {
    const { environment } = this;
    environment.log.info(
      { cluster: known.clusterId, members: known.members.map(({ peerURLs }) => peerURLs.join()) },
      'this process waits for a place in its former cluster',
    );
    return joinOrAdd(entry, await untilKnownAgree(known, this.ask, environment));
  }

  private async beginFromDiscovery(join: JoinUrlsOptions): Promise<Beginning> {
    const { configuration, environment } = this;
    const { name, discoveryProtocol, discoveryFallback } = configuration;
    const notes = this.notes.registration;
    const url = this.discoveryUrl() ?? '';
    try {
      return await beginUnlessJoined(join, (signal) => {
        const registry = this.registryAt(url, signal);
        return beginFromDiscovery({ ...join, name, registry, notes, clusterIdOf, ...this.asking() }, discoveryProtocol);
      });
    } catch (error) {
      // Whoever began to join is a member already, whatever the fallback is.
      const joins = discoveryFallback === 'join' || join.unfinishedId !== undefined;
      if (!(error instanceof ClusterFullError) || !joins) throw error;
      environment.log.info(
        { url: shownUrl(url) },
        'the cluster of the discovery URL is full: joining it as one more member',
      );
      const cluster = await untilOneAnswers(error.peerURLs, this.ask, environment);
      return joinOrAdd(join, ofToken(shownUrl(url), error.clusterId, cluster));
    }
  }

  private beginFromList(entry: EntryOptions, founders: readonly Founder[]): Promise<Beginning> {
    const { name, initialClusterToken: token, initialClusterState: state } = this.configuration;
    return beginFromStaticList({
      ...entry,
      name,
      founders,
      token,
      state,
      leftCluster: () => this.notes.returning.read(),
      ...this.asking(),
    });
  }

  private asking(): Pick<StaticListOptions, 'witness' | 'askFounder' | 'fetchMembers' | 'environment'> {
    const { witness, environment, dials } = this;
    const askFounder = (url: string, question: FoundersQuestion): Promise<FoundersAnswer> =>
      askFounderAt(url, question, ASK_FOUNDER_TIMEOUT_MS, dials.peer);
    return { witness, askFounder, fetchMembers: this.ask, environment };
  }

  private readonly ask = (url: string): ReturnType<typeof fetchMembers> =>
    fetchMembers(url, ASK_TIMEOUT_MS, this.dials.peer);

  private membersApi(): HttpMembersApi {
    return new HttpMembersApi(this.environment, this.dials);
  }

  /** @param signal ends what is asked there */
  private registryAt(url: string, signal = this.environment.signal): Registry {
    return new Registry(url, { signal, dial: this.dials.discovery });
  }

  private entry(unfinishedId: string | undefined, peerURLs: readonly string[]): EntryOptions {
    const { environment } = this;
    const { electionTimeoutMs } = this.configuration;
    return {
      peerURLs,
      alsoAt: this.peerURLs,
      unfinishedId,
      autoRejoin: this.configuration.autoRejoin,
      isUnstarted: (cluster, own) => isUnstarted(cluster, own, this.ask, environment),
      hasRoom: async ({ members }) => (await askForRoom(members, peerURLs[0] ?? '', this.dials.peer)).hasRoom,
      replaceMember: (cluster, lost) =>
        replaceMember({
          note: this.notes.returning,
          ...{ cluster, lost, peerURLs: lost?.peerURLs ?? peerURLs },
          ...{ electionTimeoutMs, fetchMembers: this.ask, members: this.membersApi(), environment },
        }),
      log: (fields, message) => {
        environment.log.warn(fields, message);
      },
    };
  }
}

/** Whether the options say whom a member without data could ask. */
export function namesOthers(configuration: Configuration): boolean {
  const { discovery, discoverySrv, joinUrls, peers, peersFile, initialCluster } = configuration;
  const named = [discovery, discoverySrv, peersFile, ...joinUrls, ...peers];
  return named.some((each) => each !== '') || initialCluster.size > 1;
}

/** Asks whoever is behind a peer URL which founder it is. */
export function askFounderNameBy(dial: Dial): (url: string) => Promise<FounderName> {
  return (url) => askFounderNameAt(url, ASK_FOUNDER_NAME_TIMEOUT_MS, dial);
}
