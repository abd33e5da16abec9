/** `/v2/admin/machines`: the members as etcd 0.4 shows them, each under its name. */
import type { Context } from 'koa';
import type { MemberInfo } from '../../machine/cluster/members';
import { MemberError, MembershipError, type ClusterAdmin, type KeyReader, type StatusSource } from '../../member/types';
import type { RootGrant } from '../auth/guard';
import { writeErrorText, writeJson, writeText } from '../http/answers';
import { wholeRequest } from '../http/body';
import { jsonText } from '../http/json';
import { parseRequestTarget } from '../http/requestTarget';

const ROUTE = '/v2/admin/machines/';
/** What 0.4 writes an index into. */
const INDEX_BYTES = 8;

type Members = ClusterAdmin & StatusSource;

/** Those that have a name, sorted by it: a member that was added and never started has none yet. */
export function serveMachines(context: Context, member: Members): void {
  const leaderId = member.status().leader?.id;
  const named = member
    .members()
    .filter(({ name }) => name !== '')
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  writeJson(context.res, 200, `[${named.map((each) => machineJson(each, leaderId)).join(',')}]\n`);
}

/** `null` if there is none of that name. */
export function serveMachine(context: Context, member: Members): void {
  const name = nameOf(context);
  const found = member.members().find((each) => each.name === name);
  const json = found === undefined ? 'null' : machineJson(found, member.status().leader?.id);
  writeJson(context.res, 200, `${json}\n`);
}

/**
 * Removes the member of that name for good, as `/v2/members` does: 200 with an index in bytes, as 0.4 answers; without one if there is
 * none of that name.
 */
export async function serveMachineRemoval(
  context: Context,
  grant: RootGrant,
  member: ClusterAdmin & Pick<KeyReader, 'indexes'>,
): Promise<void> {
  await wholeRequest(context.req);
  const name = nameOf(context);
  const named = member.members().filter((each) => each.name === name);
  const [found] = named;
  if (found === undefined) {
    context.res.writeHead(200, ['Content-Length', '0']).end();
    return;
  }
  if (named.length > 1) {
    const ids = named.map(({ id }) => id).join(' and ');
    writeErrorText(context.res, 409, `${ids} have the same name: remove one by its id with DELETE /v2/members/ID`);
    return;
  }
  try {
    await grant.use(member).removeMember(found.id);
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    writeErrorText(context.res, ...failure);
    return;
  }
  writeText(context.res, 200, 'application/octet-stream', uvarint(member.indexes().raftIndex));
}

function machineJson({ id, name, clientURLs, peerURLs }: MemberInfo, leaderId: string | undefined): string {
  const state = id === leaderId ? 'leader' : 'follower';
  return (
    `{"name":${jsonText(name)},"state":"${state}",` +
    `"clientURL":${jsonText(first(clientURLs))},"peerURL":${jsonText(first(peerURLs))}}`
  );
}

/** Of etcd's lists of URLs, which are sorted. */
function first(urls: readonly string[]): string {
  return [...urls].sort()[0] ?? '';
}

function nameOf(context: Context): string {
  const path = parseRequestTarget(context.req.url ?? '')?.path ?? '';
  return Buffer.from(path.slice(ROUTE.length), 'latin1').toString('utf8');
}

/** Undefined: nobody foresaw it. */
function failureOf(error: unknown): readonly [status: number, text: string] | undefined {
  if (error instanceof MemberError) return [503, error.message];
  if (!(error instanceof MembershipError)) return undefined;
  switch (error.refusal) {
    case 'notFound':
    case 'removed':
      return [410, 'the member was removed meanwhile'];
    case 'lastMember':
      return [409, 'this is the last member that votes: it cannot be removed'];
    case 'unhealthy':
      return [
        503,
        'refused: of the members that would be left no majority answers now. Start those that are down, or remove them first',
      ];
    case 'peerURLExists':
    case 'idExists':
    case 'running':
    case 'tooManyLearners':
      return [409, error.message];
  }
}

/** As Go's binary.PutUvarint writes it into its bytes, zeros behind; a byte string. */
function uvarint(value: number): string {
  const bytes = Buffer.alloc(INDEX_BYTES);
  let rest = BigInt(value);
  for (let at = 0; at < INDEX_BYTES; at++) {
    const isLast = rest < 0x80n;
    bytes[at] = Number(rest & 0x7fn) | (isLast ? 0 : 0x80);
    if (isLast) break;
    rest >>= 7n;
  }
  return bytes.latin1Slice();
}
