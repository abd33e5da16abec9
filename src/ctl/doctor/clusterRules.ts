/** What is said of the members of a cluster together: who answers, who leads, and what the loss of one would do. */
import { isLoopback } from '../../platform/loopback';
import { answeringIn, nameOf, nameOfId, type ClusterFacts, type MemberFacts } from './facts';
import type { Complaint, Rule } from './findings';

export const clusterRules: readonly Rule<ClusterFacts>[] = [
  {
    about: 'members',
    well: ({ members }) => `all answer: ${members.map(nameOf).join(', ')}`,
    complaints: ({ members, askedAt }) => (members.length === 0 ? [nobody(askedAt)] : members.flatMap(absence)),
  },
  {
    about: 'leader',
    well: (cluster) => {
      const [leader] = answeringIn(cluster).map((each) => each.leader);
      return `all follow ${nameOfId(cluster, leader ?? '')}`;
    },
    isTold: isAnswered,
    complaints: leaderComplaints,
  },
  {
    about: 'majority',
    well: (cluster) => `the cluster goes on after the loss of any one of its ${voters(cluster).length} voting members`,
    complaints: majorityComplaints,
  },
  {
    about: 'size',
    well: (cluster) =>
      voters(cluster).length === 1 ? 'one voting member' : `${voters(cluster).length} voting members`,
    complaints: (cluster) => sizeComplaints(voters(cluster).length),
  },
  {
    about: 'member lists',
    well: () => 'every member knows the same members',
    isTold: isAnswered,
    complaints: listComplaints,
  },
  {
    about: 'client URLs',
    well: () => 'each leads clients to its member',
    complaints: urlComplaints,
  },
  {
    about: 'peer URLs',
    well: () => 'members reach each other in one way: with TLS, or without',
    complaints: plainPeerComplaints,
  },
  {
    about: 'metrics',
    well: () => 'every member says them',
    isTold: isAnswered,
    complaints: (cluster) =>
      answeringIn(cluster)
        .filter(({ metrics }) => metrics === undefined)
        .map(({ name }) => ({
          severity: 'warning',
          seen: `${name} does not say its metrics at its client URL, so what only they tell was not looked at`,
          advice:
            'read them at its metrics port (--listen-metrics-urls); doctor sees them where the client port serves them',
        })),
  },
];

/** Of members of which none answers nothing is known. */
function isAnswered(cluster: ClusterFacts): boolean {
  return answeringIn(cluster).length > 0;
}

function nobody(askedAt: string): Complaint {
  return {
    severity: 'error',
    seen: `${askedAt} lists no members at all`,
    advice: 'look at what listens there: it is no member of a cluster, or one that is broken',
  };
}

function absence(facts: MemberFacts): readonly Complaint[] {
  const name = nameOf(facts);
  if (facts.member.name === '')
    return [
      {
        severity: 'warning',
        seen: `${facts.member.id} was added and has not been started (${facts.member.peerURLs.join(', ')})`,
        advice: `start it with --initial-cluster-state existing, or remove it${facts.member.isLearner ? '' : ': it counts for the majority'}`,
      },
    ];
  if (facts.isUnasked)
    return [
      {
        severity: 'error',
        seen: `${name} could not be asked from here: ${facts.failure}`,
        advice:
          'give its CA with --ca-file, or a certificate that it takes with --cert-file and --key-file; if its clients have those, ' +
          'mend its certificate or its --advertise-client-urls',
      },
    ];
  if (facts.answering === undefined)
    return [
      {
        severity: 'error',
        seen: `${name} does not answer: ${facts.failure}`,
        advice: 'look at its log; if it is lost for good, remove it and add another one',
      },
    ];
  if (facts.answering.isHealthy && !facts.answering.isReady)
    return [
      {
        severity: 'warning',
        seen: `${name} says that it may not be sent requests (GET /readyz)`,
        advice: 'it starts, catches up, or is being drained: look again in a minute',
      },
    ];
  return [];
}

function leaderComplaints(cluster: ClusterFacts): readonly Complaint[] {
  const complaints: Complaint[] = answeringIn(cluster)
    .filter(({ leader, isHealthy }) => leader === undefined || !isHealthy)
    .map(({ name, leader }) => ({
      severity: 'error',
      seen: leader === undefined ? `${name} knows no leader` : `${name} does not reach a majority of the members`,
      advice: 'a majority of the members has to run and to reach one another at their peer URLs',
    }));
  const leaders = new Set(answeringIn(cluster).flatMap(({ leader }) => leader ?? []));
  if (leaders.size > 1)
    complaints.push({
      severity: 'warning',
      seen: `members follow different leaders: ${[...leaders].map((id) => nameOfId(cluster, id)).join(', ')}`,
      advice: 'an election goes on, or some members do not reach the others: look again in a few seconds',
    });
  return complaints;
}

function majorityComplaints(cluster: ClusterFacts): readonly Complaint[] {
  const all = voters(cluster).length;
  const well = voters(cluster).filter(({ answering }) => answering?.isHealthy === true).length;
  const unasked = voters(cluster).filter(({ isUnasked }) => isUnasked).length;
  const majority = Math.floor(all / 2) + 1;
  if (unasked > 0 && well <= majority && well + unasked >= majority)
    return [
      {
        severity: 'unknown',
        seen: `${unasked} of ${all} voting members could not be asked from here, and ${majority} have to be well: whether they are is not known`,
      },
    ];
  if (well + unasked < majority)
    return [
      {
        severity: 'error',
        seen: `${unasked > 0 ? 'at most ' : ''}${well + unasked} of ${all} voting members are well, and ${majority} are needed: nothing can be written`,
        advice:
          'start the others; if a majority is lost for good, go on with a survivor (docs/clustering.md, "Quorum lost for good"); only ' +
          'without one restore a backup (docs/backup.md)',
      },
    ];
  if (all === 1)
    return [
      {
        severity: 'warning',
        seen: 'there is one voting member: when it stops nothing can be read or written, and its disk is the only copy',
        advice: 'run three members (docs/clustering.md), or save backups (docs/backup.md)',
      },
    ];
  if (well - 1 < majority)
    return [
      {
        severity: all === 2 ? 'warning' : 'error',
        seen: `${well} of ${all} voting members are well: the loss of any one of them stops all writes`,
        advice: all === 2 ? 'add a third member' : 'bring back those that are not well before anything else is changed',
      },
    ];
  return [];
}

function sizeComplaints(count: number): readonly Complaint[] {
  if (count > 2 && count % 2 === 0)
    return [
      {
        severity: 'warning',
        seen: `${count} voting members survive the loss of no more than ${count - 1} do, and each write needs one more`,
        advice: `have ${count - 1} or ${count + 1}`,
      },
    ];
  if (count > 7)
    return [
      {
        severity: 'warning',
        seen: `${count} voting members make each write wait for ${Math.floor(count / 2) + 1} disks`,
        advice: 'five survive the loss of two; have more clients read through proxies instead (--proxy on)',
      },
    ];
  return [];
}

function listComplaints(cluster: ClusterFacts): readonly Complaint[] {
  const lists = new Map<string, string[]>();
  for (const { name, memberIds } of answeringIn(cluster)) {
    const list = memberIds.join(', ');
    lists.set(list, [...(lists.get(list) ?? []), name]);
  }
  if (lists.size < 2) return [];
  const said = [...lists].map(([list, names]) => `${names.join(', ')}: ${list}`).join('; ');
  return [
    {
      severity: 'error',
      seen: `members disagree about who belongs to the cluster (${said})`,
      advice: 'a change may be on its way: look again; if it stays so, one of them belongs to another cluster',
    },
  ];
}

function urlComplaints(cluster: ClusterFacts): readonly Complaint[] {
  const { members } = cluster;
  const urls = members.flatMap(({ member }) => member.clientURLs);
  const schemes = new Set(urls.map((url) => url.replace(/:.*/s, '')));
  const complaints: Complaint[] = [];
  for (const facts of members) {
    const useless = facts.member.clientURLs.filter((url) => isUseless(url, cluster));
    if (useless.length > 0)
      complaints.push({
        severity: 'warning',
        seen: `${nameOf(facts)} tells clients ${useless.join(', ')}, which leads no other machine to it`,
        advice: 'set its --advertise-client-urls to what clients can reach',
      });
  }
  if (schemes.size > 1)
    complaints.push({
      severity: 'warning',
      seen: 'some members are reached by http and others by https',
      advice: 'give all of them a certificate (docs/tls.md), or none',
    });
  return complaints;
}

/** One that speaks in plain text among others with TLS gives away what they encrypt. */
function plainPeerComplaints({ members }: ClusterFacts): readonly Complaint[] {
  const isPlain = (url: string): boolean => /^http:/i.test(url);
  if (members.every(({ member }) => member.peerURLs.every(isPlain))) return [];
  return members
    .filter(({ member }) => member.peerURLs.some(isPlain))
    .map((facts) => ({
      severity: 'warning',
      seen: `${nameOf(facts)} is reached without TLS at ${facts.member.peerURLs.filter(isPlain).join(', ')}, and other members with it: all that they send it can be read on the way`,
      advice: 'give it a certificate and https peer URLs (docs/clustering.md, "TLS between members"), or remove it',
    }));
}

/** Addresses of this machine only. Where the one who asks is on it too, and all members are, it is a trial. */
function isUseless(url: string, { askedAt, members }: ClusterFacts): boolean {
  const host = hostOf(url);
  if (host === '0.0.0.0' || host === '::') return true;
  const areHere = [askedAt, ...members.flatMap(({ member }) => member.clientURLs)].every((each) =>
    isLoopback(hostOf(each)),
  );
  return isLoopback(host) && !areHere;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : '';
}

/** Those whose vote counts. One that was never started counts too. */
function voters({ members }: ClusterFacts): readonly MemberFacts[] {
  return members.filter(({ member }) => !member.isLearner);
}
