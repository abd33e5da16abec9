/** member list, add, remove, update. */
import type { CtlPath } from '../../config/ctl/table';
import { isRecord, textOf } from '../../client/json';
import type { PlainAnswer } from '../../platform/plainRequest';
import type { Call, Cluster, Deadline } from './cluster';
import { EXIT } from './exitCodes';
import { Failure, messageOf, UnexpectedStatusError } from './failures';
import { goJson, pathSegment, quote } from './goText';
import { print } from './io';
import { parseJson, parseMember, parseMembers, type ListedMember } from './memberAnswers';
import { failingAs, noteOn, plainFailure } from './report';
import type { Command, Session } from './session';

const PATH = '/v2/members';
const SAID_MAX = 500;
const REMOVING = 'https://github.com/etcd-io/etcd/blob/master/Documentation/runtime-configuration.md#remove-a-member';

export const memberCommands = {
  'member list': async (session) => {
    noOperands(session);
    const { cluster, deadline } = await begin(session);
    const members = await failingAs(plainFailure, () => listMembers(cluster, deadline));
    const leader = await failingAs(
      (error) => new Failure(EXIT.badArguments, `Failed to get leader:  ${messageOf(error)}`),
      async () =>
        parseMember(parseJson((await asked(cluster, { method: 'GET', path: `${PATH}/leader` }, deadline)).text)),
    );
    for (const member of members) print(session.io, lineOf(member, leader.id));
  },
  'member add': async (session) => {
    const [name, url, ...rest] = session.operands;
    if (name === undefined || url === undefined || rest.length > 0)
      throw new Failure(EXIT.badArguments, 'Provide a name and a single member peerURL');
    const { cluster, deadline } = await begin(session);
    await failingAs(plainFailure, async () => {
      const call = { ...withJson('POST', PATH, { peerURLs: [url] }), isOneShot: true };
      const added = parseMember(parseJson((await asked(cluster, call, deadline, [201], [409])).text));
      print(session.io, `Added member named ${name} with ID ${added.id} to cluster`);
      const members = await listMembers(cluster, deadline);
      const founders = members.flatMap((member) =>
        member.peerURLs.map((peerURL) => `${member.id === added.id ? name : member.name}=${peerURL}`),
      );
      print(session.io, '');
      print(session.io, `ETCD_NAME=${quote(name)}`);
      print(session.io, `ETCD_INITIAL_CLUSTER=${quote(founders.join(','))}`);
      print(session.io, 'ETCD_INITIAL_CLUSTER_STATE="existing"');
    });
  },
  'member remove': async (session) => {
    const [id, ...rest] = session.operands;
    if (id === undefined || rest.length > 0) throw new Failure(EXIT.badArguments, 'Provide a single member ID');
    const { cluster, deadline } = await begin(session);
    const members = await failingAs(
      (error) =>
        new Failure(
          EXIT.badArguments,
          `Error while verifying ID against known members: ${messageOf(error)}`,
          true,
          noteOn(error),
        ),
      () => listMembers(cluster, deadline),
    );
    refuseUnknown(members, id);
    await failingAs(
      (error) =>
        new Failure(
          EXIT.badArguments,
          `Received an error trying to remove member ${id}: ${messageOf(error)}`,
          false,
          noteOn(error),
        ),
      () => asked(cluster, { method: 'DELETE', path: `${PATH}/${pathSegment(id)}` }, deadline, [204, 410]),
    );
    print(session.io, `Removed member ${id} from cluster`);
  },
  'member update': async (session) => {
    const [id, urls, ...rest] = session.operands;
    if (id === undefined || urls === undefined || rest.length > 0)
      throw new Failure(
        EXIT.badArguments,
        'Provide an ID and a list of comma separated peerURL (0xabcd http://example.com,http://example1.com)',
      );
    const { cluster, deadline } = await begin(session);
    const call = withJson('PUT', `${PATH}/${pathSegment(id)}`, { peerURLs: urls.split(',') });
    await failingAs(plainFailure, () => asked(cluster, call, deadline, [204], [404, 409]));
    print(session.io, `Updated member with ID ${id} in cluster`);
  },
} as const satisfies Partial<Record<CtlPath, Command>>;

async function begin(session: Session): Promise<{ cluster: Cluster; deadline: Deadline }> {
  const cluster = await session.cluster();
  return { cluster, deadline: cluster.deadline() };
}

export function noOperands({ operands }: Session): void {
  if (operands.length > 0) throw new Failure(EXIT.badArguments, 'No arguments accepted');
}

/** Rejects as `Cluster.ask`, with UnreadableAnswerError, or with an Error that says why not. */
export async function listMembers(cluster: Cluster, deadline: Deadline): Promise<readonly ListedMember[]> {
  return parseMembers((await asked(cluster, { method: 'GET', path: PATH }, deadline)).text);
}

/** @param explained - statuses whose answer says why it is a no */
async function asked(
  cluster: Cluster,
  call: Call,
  deadline: Deadline,
  expected: readonly number[] = [200],
  explained: readonly number[] = [],
): Promise<PlainAnswer> {
  const answer = await cluster.ask(call, deadline);
  if (expected.includes(answer.status)) return answer;
  if (!explained.includes(answer.status) && answer.status !== 400)
    throw new UnexpectedStatusError(answer.status, saidIn(answer.text));
  const body = parseJson(answer.text);
  throw new Error((isRecord(body) ? textOf(body['message']) : undefined) ?? `unexpected status code ${answer.status}`);
}

/** Of JSON its message; of anything else, such as a page of a proxy, the first line, if it is a short one. */
function saidIn(text: string): string | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return isRecord(body) ? textOf(body['message']) : undefined;
  } catch {
    const [line = ''] = text.trim().split('\n');
    return line === '' || line.startsWith('<') || line.length > SAID_MAX ? undefined : line;
  }
}

function withJson(method: 'POST' | 'PUT', path: string, body: object): Call {
  return { method, path, body: { type: 'application/json', text: goJson(body) } };
}

function lineOf({ id, name, peerURLs, clientURLs }: ListedMember, leaderId: string): string {
  if (name === '') return `${id}[unstarted]: peerURLs=${peerURLs.join(',')}`;
  const urls = `peerURLs=${peerURLs.join(',')} clientURLs=${clientURLs.join(',')}`;
  return `${id}: name=${name} ${urls} isLeader=${id === leaderId}`;
}

function refuseUnknown(members: readonly ListedMember[], id: string): void {
  if (members.some((member) => member.id === id)) return;
  const named = members.filter(({ name }) => name === id);
  const hints = named.map(
    (member) =>
      `Found a member named ${member.name}; if this is correct, please use its ID, eg:\n` +
      `\tetcdctl member remove ${member.id}\nFor more details, read the documentation at ${REMOVING}\n\n`,
  );
  throw new Failure(EXIT.badArguments, `${hints.join('')}Couldn't find a member in the cluster with an ID of ${id}.`);
}
