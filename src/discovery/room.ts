/** Whether a cluster has room for one more member (its `activeSize`), asked of its members at their peer ports. */
import type { Dial } from '../platform/dial';
import { plainRequest } from '../platform/plainRequest';
import type { ListedMember } from './beginning';

/** What is known of a cluster by one that waits for room. */
export interface Room {
  /** More than half of the members that answer say so, or nobody answers. */
  readonly hasRoom: boolean;
  /** When to look again. */
  readonly syncIntervalMs: number;
  /** Whom most of them name; undefined: nobody who answers knows a leader, or they do not agree. */
  readonly leader: ListedMember | undefined;
}

interface Said {
  readonly room: boolean;
  readonly syncIntervalMs: number;
  readonly leaderURL: string | undefined;
}

const ASK_TIMEOUT_MS = 2000;
const ANSWER_BYTES_MAX = 16 * 1024;
const SYNC_INTERVAL_MS = 5000;
const SYNC_INTERVAL_MAX_MS = 600_000;
const URL_LENGTH_MAX = 2048;

/**
 * Asks each member at one of its peer URLs, which also tells it that somebody waits. Members that do not answer, or are of a version that
 * has no such question, say nothing against it; what one of several says alone decides nothing. Never rejects.
 *
 * @param peerURL under which this process would join
 */
export async function askForRoom(members: readonly ListedMember[], peerURL: string, dial: Dial): Promise<Room> {
  const urls = members.flatMap(({ peerURLs }) => peerURLs.slice(0, 1)).filter((url) => url !== peerURL);
  const answers = await Promise.all(urls.map((url) => ask(url, peerURL, dial).catch(() => undefined)));
  const said = answers.filter((answer) => answer !== undefined);
  return {
    hasRoom: said.length === 0 || 2 * said.filter(({ room }) => room).length > said.length,
    syncIntervalMs: middleOf(said.map(({ syncIntervalMs }) => syncIntervalMs)) ?? SYNC_INTERVAL_MS,
    leader: leaderOf(
      members,
      said.flatMap(({ leaderURL }) => leaderURL ?? []),
    ),
  };
}

/** One of the members that are listed, whatever else is named: what is sent there is sent to no stranger. */
function leaderOf(members: readonly ListedMember[], named: readonly string[]): ListedMember | undefined {
  const votes = [...new Set(named)].flatMap((url) => {
    const member = members.find((each) => originsOf(each).includes(url));
    return member === undefined ? [] : [{ member, count: named.filter((each) => each === url).length }];
  });
  const [first, second] = votes.sort((a, b) => b.count - a.count);
  return first?.count === second?.count ? undefined : first?.member;
}

/** Where clients find a member: its client URLs without what may follow the port. */
export function originsOf({ clientURLs }: Pick<ListedMember, 'clientURLs'>): readonly string[] {
  return clientURLs.flatMap((url) => (isHttpUrl(url) ? [new URL(url).origin] : []));
}

function isHttpUrl(url: string): boolean {
  return url.length <= URL_LENGTH_MAX && /^https?:\/\//i.test(url) && URL.canParse(url);
}

/** No single one that is far off decides. */
function middleOf(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
}

async function ask(url: string, peerURL: string, dial: Dial): Promise<Said> {
  const { status, text } = await plainRequest({
    method: 'POST',
    url: new URL(`/standby?peerURL=${encodeURIComponent(peerURL)}`, url).href,
    timeoutMs: ASK_TIMEOUT_MS,
    answerBytesMax: ANSWER_BYTES_MAX,
    dial,
  });
  if (status !== 200) throw new Error(`status ${status}`);
  return parseRoom(text);
}

/** @throws Error for what is no such answer */
export function parseRoom(text: string): Said {
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null) throw new Error('the answer is no object');
  const fields = new Map<string, unknown>(Object.entries(parsed));
  const room = fields.get('room');
  const syncInterval = fields.get('syncInterval');
  const leader = fields.get('leader');
  if (typeof room !== 'boolean') throw new Error('the answer does not say whether there is room');
  const isUrl = typeof leader === 'string' && isHttpUrl(leader);
  const intervalMs = typeof syncInterval === 'number' ? syncInterval * 1000 : SYNC_INTERVAL_MS;
  return {
    room,
    syncIntervalMs: Math.min(Math.max(intervalMs, 1000), SYNC_INTERVAL_MAX_MS),
    leaderURL: isUrl ? new URL(leader).origin : undefined,
  };
}
