/** How a member without a state begins, as it is configured. */
import type { Logger } from 'pino';
import { lookup, resolveSrv } from 'node:dns/promises';
import type { Configuration } from '../config/configuration';
import { formatEndpoint } from '../config/urls';
import type { FounderName } from '../discovery/askBack';
import { ClusterFullError, JoinError, type Beginning, type Founder } from '../discovery/beginning';
import { tellAdvertisedUrls, type AdvertisedNotes } from '../discovery/advertisedUrls';
import { beginFromDiscovery } from '../discovery/discoveryUrl';
import type { Environment } from '../discovery/environment';
import { keepRegistered } from '../discovery/firstLeader';
import { beginFromJoinUrls } from '../discovery/joinUrls';
import { untilKnownAgree } from '../discovery/agreement';
import { askForRoom } from '../discovery/room';
import { beginFromPeers, peerUrlsOf } from '../discovery/peers';
import { leaderBesides, type LeaderBesides, type LeaderQuestion } from '../discovery/leaderBesides';
import { HttpMembersApi } from '../discovery/membersApi';
import type { Notes } from '../discovery/note';
import { Registry } from '../discovery/registry';
import { replaceMember } from '../discovery/replaceMember';
import { joinOrAdd, untilOneAnswers, type EntryOptions } from '../discovery/runningCluster';
import { ofToken } from '../discovery/sizedCluster';
import { foundersFromSrv } from '../discovery/srvRecords';
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
import type { Dials } from './dials';
import { foreignListText } from './foreignList';
import { readStandbyNote } from './removedData';
import { withoutTrailingSlashes } from '../platform/trailingSlashes';

const ASK_TIMEOUT_MS = 2000;
/** Answered from memory, or after one write to the disk and a question back. */
const ASK_FOUNDER_TIMEOUT_MS = 1500;
/** Answered from memory. Less than the above, so that whoever waits for it is answered in time. */
const ASK_FOUNDER_NAME_TIMEOUT_MS = 1000;

/** Begins one member. */
export class MemberBeginner {
  private readonly environment: Environment;
  private readonly peerURLs: readonly string[];
  /** Whether there was no member in the data directory. */
  wasAsked = false;

  /** @param signal aborted when the process is asked to stop: a beginning that still waits rejects with its reason */
  constructor(
    private readonly configuration: Configuration,
    private readonly notes: Notes,
    private readonly witness: Witness,
    private readonly dials: Dials,
    logger: Logger,
    signal: AbortSignal,
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
    const entry = this.entry(unfinishedId, peerURLs);
    const note = await readStandbyNote(configuration.dataDir);
    if (note !== undefined) return this.beginFromStandby(entry, note);
    if (configuration.foundingConflict !== undefined) throw new JoinError(configuration.foundingConflict);
    const urls = configuration.joinUrls.map((url) => url.toLowerCase());
    const foundingId = memberIdOf(peerURLs, this.discoveryUrl() ?? configuration.initialClusterToken);
    const isOnlyWay =
      configuration.initialClusterState === 'existing' && !namesOthers({ ...configuration, joinUrls: [] });
    const joined = await beginFromJoinUrls({
      ...{ ...entry, urls, foundingId, isOnlyWay },
      ...{ fetchMembers: this.ask, environment },
    });
    if (joined !== undefined) return joined;
    if (configuration.discovery !== '') return this.beginFromDiscovery(entry, foundingId);
    const byPeers = await beginFromPeers({ ...entry, urls: this.peers(), fetchMembers: this.ask, environment });
    if (byPeers !== undefined) return byPeers;
    if (configuration.discoverySrv !== '') return this.beginFromSrv(unfinishedId);
    const listed = [...configuration.initialCluster].map(([name, own]) => ({
      name,
      peerURLs: own.map(formatEndpoint),
    }));
    return this.beginFromList(entry, listed);
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
    const note = await this.notes.read();
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

  private async beginFromDiscovery(entry: EntryOptions, foundingId: string): Promise<Beginning> {
    const { configuration, environment, notes } = this;
    const { name, discoveryProtocol, discoveryFallback } = configuration;
    const registry = this.registryAt(this.discoveryUrl() ?? '');
    const options = { ...entry, name, registry, notes, foundingId, clusterIdOf, ...this.asking() };
    try {
      return await beginFromDiscovery(options, discoveryProtocol);
    } catch (error) {
      // Whoever began to join is a member already, whatever the fallback is.
      const joins = discoveryFallback === 'join' || entry.unfinishedId !== undefined;
      if (!(error instanceof ClusterFullError) || !joins) throw error;
      environment.log.info(
        { url: registry.shown },
        'the cluster of the discovery URL is full: joining it as one more member',
      );
      const cluster = await untilOneAnswers(error.peerURLs, this.ask, environment);
      return joinOrAdd(entry, ofToken(registry.shown, error.clusterId, cluster));
    }
  }

  private async beginFromSrv(unfinishedId: string | undefined): Promise<Beginning> {
    const { configuration, environment, peerURLs } = this;
    const { discoverySrv: domain, discoverySrvName: serviceName, name } = configuration;
    const dns = {
      resolveSrv,
      lookup: async (host: string) => (await lookup(host, { all: true })).map(({ address }) => address),
    };
    const founders = await foundersFromSrv({ domain, serviceName, name, peerURLs, lookup: dns, environment });
    const own = founders.find((founder) => founder.name === name)?.peerURLs ?? peerURLs;
    return this.beginFromList(this.entry(unfinishedId, own), founders);
  }

  private beginFromList(entry: EntryOptions, founders: readonly Founder[]): Promise<Beginning> {
    const { name, initialClusterToken: token, initialClusterState: state } = this.configuration;
    return beginFromStaticList({
      ...entry,
      name,
      founders,
      token,
      state,
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

  private registryAt(url: string): Registry {
    return new Registry(url, { ...this.environment, dial: this.dials.discovery });
  }

  private entry(unfinishedId: string | undefined, peerURLs: readonly string[]): EntryOptions {
    const { environment } = this;
    const { electionTimeoutMs } = this.configuration;
    return {
      peerURLs,
      unfinishedId,
      autoRejoin: this.configuration.autoRejoin,
      isUnstarted: (cluster, own) => isUnstarted(cluster, own, this.ask, environment),
      hasRoom: async ({ members }) => (await askForRoom(members, peerURLs[0] ?? '', this.dials.peer)).hasRoom,
      replaceMember: (cluster, lost) =>
        replaceMember({
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
