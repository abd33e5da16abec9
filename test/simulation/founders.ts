/** How founders begin: the program's own deciding code, over the simulated network. */
import type { Beginning as Begun, ListedCluster } from '../../src/discovery/beginning';
import type { Environment } from '../../src/discovery/environment';
import type { MembersApi } from '../../src/discovery/membersApi';
import type { MemberServer } from '../../src/discovery/memberServers';
import { replaceMember } from '../../src/discovery/replaceMember';
import { isUnstarted } from '../../src/discovery/unstarted';
import { beginFromStaticList, type StaticListOptions } from '../../src/discovery/staticList';
import { MembershipError } from '../../src/member/types';
import type { Cluster, Founder } from './cluster';
import type { Incarnation } from './incarnation';
import type { LocalMember } from '../../src/member/localMember';
import type { Beginning, BeginningParts } from './node';
import { PlainRequests } from './plainRequests';

const ASK_FOUNDER_TIMEOUT_MS = 1000;
const ASK_TIMEOUT_MS = 2000;
const REQUEST_TIMEOUT_MS = 10_000;

/** Begins the founders of one cluster, as often as each of them has an empty disk. */
export class FounderBeginnings {
  private readonly requests: PlainRequests;

  constructor(
    private readonly cluster: Cluster,
    private readonly founders: readonly Founder[],
    private readonly token: string,
  ) {
    this.requests = new PlainRequests(cluster);
  }

  of({ name, peerURLs }: Founder): Beginning {
    return (parts) => this.begin(this.optionsOf(parts, name, peerURLs));
  }

  /** What a mutant replaces. */
  begin(options: StaticListOptions): Promise<Begun> {
    return beginFromStaticList(options);
  }

  private optionsOf(
    { incarnation, witness, unfinishedId }: BeginningParts,
    name: string,
    peerURLs: readonly string[],
  ): StaticListOptions {
    const environment = this.environmentOf(incarnation);
    const fetchMembers = (url: string): Promise<ListedCluster> => this.fetchMembers(incarnation, url);
    const members = this.membersApi(incarnation);
    const { electionTimeoutMs } = this.cluster.world.settings;
    return {
      ...{ name, peerURLs, unfinishedId, witness, fetchMembers, environment },
      founders: this.founders,
      state: 'new',
      token: this.token,
      autoRejoin: true,
      askFounder: (url, question) =>
        this.requests.ask(incarnation, url, ASK_FOUNDER_TIMEOUT_MS, async (node) => {
          const answer = await node.witness?.answer(question);
          if (answer === undefined) throw new Error('status 503');
          return answer;
        }),
      replaceMember: (cluster, lost) =>
        replaceMember({ cluster, lost, peerURLs, electionTimeoutMs, fetchMembers, members, environment }),
      isUnstarted: (cluster, own) => isUnstarted(cluster, own, fetchMembers, environment),
      log: () => undefined,
    };
  }

  private environmentOf(incarnation: Incarnation): Environment {
    const stop = new AbortController();
    incarnation.endListeners.add(() => {
      stop.abort(new Error('the process ended'));
    });
    const { clock } = incarnation;
    const { random } = this.cluster.world;
    const log = { info: () => undefined, warn: () => undefined };
    const dial = (): never => {
      throw new Error('the simulation opens no connection');
    };
    return { clock, random: random.next, log, signal: stop.signal, dial };
  }

  /** What `/members` of the peer port says. */
  private fetchMembers(from: Incarnation, url: string): Promise<ListedCluster> {
    return this.requests.ask(from, url, ASK_TIMEOUT_MS, async ({ member }) => {
      if (member === undefined) throw new Error('status 503');
      return Promise.resolve({ clusterId: member.clusterId, members: member.members() });
    });
  }

  private membersApi(from: Incarnation): Pick<MembersApi, 'removeLost' | 'add'> {
    const through = <T>({ url }: MemberServer, request: (member: LocalMember) => Promise<T>): Promise<T> =>
      this.requests.ask(from, url, REQUEST_TIMEOUT_MS, ({ member }) =>
        member === undefined ? Promise.reject(new Error('connection refused')) : request(member),
      );
    return {
      removeLost: (server, id) =>
        through(server, (member) =>
          member.removeMember(id, { onlyIfLost: true }).then(
            () => 'removed' as const,
            (error: unknown) => {
              const refusal = error instanceof MembershipError ? error.refusal : undefined;
              if (refusal === 'running' || refusal === 'removed') return refusal;
              throw error;
            },
          ),
        ),
      add: (server, peerURLs) =>
        through(server, async (member) => {
          try {
            return (await member.addMember(peerURLs)).id;
          } catch (error) {
            const own = member.members().find(({ name, peerURLs: [first] }) => name === '' && first === peerURLs[0]);
            if (own === undefined) throw error;
            return own.id;
          }
        }),
    };
  }
}
