import type { Exchange } from '../support/exchange';
import { headerOf } from '../support/responseReader';
import { maskBody, maskHeader, sameText } from '../transcripts/volatile';

/** What of an answer is compared. Listings are in the order of their keys and volatile parts are masked. */
export interface Seen {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  readonly ending: 'open' | 'complete' | 'cut';
}

const EXACTLY = ['Content-Type', 'X-Etcd-Index', 'Allow'];
const WHETHER_THERE = ['X-Etcd-Cluster-Id', 'X-Raft-Index', 'X-Raft-Term', 'Content-Length', 'Transfer-Encoding'];

/** Reads what has come so far. `sorted`: the order of listings was asked for and counts. */
export function see(exchange: Exchange, sorted: boolean): Seen {
  const { head, body, ending } = exchange.received();
  const headers: Record<string, string | undefined> = {};
  if (head !== undefined) {
    for (const name of EXACTLY) headers[name] = headerOf(head, name);
    for (const name of WHETHER_THERE) headers[name] = presence(name, headerOf(head, name));
  }
  return { status: head?.status, headers, body: maskBody(body.toString('utf8'), !sorted), ending };
}

/** Why two answers differ, in words; empty if they do not. TTLs may be a second apart. */
export function differences(etcd: Seen, cairn: Seen): string[] {
  const found: string[] = [];
  if (etcd.status !== cairn.status) found.push(`status: etcd ${etcd.status}, Cairn ${cairn.status}`);
  for (const name of [...EXACTLY, ...WHETHER_THERE]) {
    if (etcd.headers[name] !== cairn.headers[name]) {
      found.push(`${name}: etcd ${etcd.headers[name] ?? '-'}, Cairn ${cairn.headers[name] ?? '-'}`);
    }
  }
  if (etcd.ending !== cairn.ending) found.push(`the answer: etcd ${etcd.ending}, Cairn ${cairn.ending}`);
  if (!sameText(etcd.body, cairn.body))
    found.push(`body:\n  etcd  ${etcd.body.trimEnd()}\n  Cairn ${cairn.body.trimEnd()}`);
  return found;
}

/** A placeholder if the value is of the right kind, so that only being there or not is compared. */
function presence(name: string, value: string | undefined): string | undefined {
  return value === undefined || name.startsWith('X-') ? value && maskHeader(name, value) : 'there';
}
