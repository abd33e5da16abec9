/** What differs from run to run, from machine to machine, or on purpose everywhere in the same way, and what stands for it. */

const PAGE = /^(?:NAME:|Usage:)[\s\S]*/m;
const EXPIRATION = /"expiration":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z"/g;
const ID = /\b[1-9a-f][0-9a-f]{12,15}\b/g;
/** In Cairn under the labels of 0.4: docs/cairnctl.md. */
const INDEXES = /^Etcd-Index: (\d+)\nRaft-Index: [1-9]\d*\nRaft-Term: [1-9]\d*$/gm;

export class Masks {
  private readonly ids: string[] = [];

  constructor(private readonly ports: { readonly client: number; readonly peer: number }) {}

  /** What a command is given. */
  fill(argument: string): string {
    return argument
      .replaceAll('{url}', `http://127.0.0.1:${this.ports.client}`)
      .replaceAll('{peer}', `http://127.0.0.1:${this.ports.peer}`)
      .replace(/\{id(\d)\}/g, (_, index: string) => this.ids[Number(index)] ?? 'missing');
  }

  /** What it wrote. */
  mask(text: string): string {
    return sortMembers(
      text
        .replaceAll('cairnctl', 'etcdctl')
        .replace(PAGE, '<page>\n')
        .replace(/^etcdctl version: \d+\.\d+\.\d+$/m, 'etcdctl version: <version>')
        .replaceAll(`127.0.0.1:${this.ports.client}`, '{client}')
        .replaceAll(`127.0.0.1:${this.ports.peer}`, '{peer}')
        .replace(EXPIRATION, '"expiration":"<date>"')
        .replace(INDEXES, 'Index: $1')
        .replace(/^(TTL: |.*"ttl":)(\d+)/gm, (_, before: string, ttl: string) => `${before}${aboutOf(Number(ttl))}`)
        .replace(ID, (id) => this.nameOf(id)),
    );
  }

  private nameOf(id: string): string {
    if (!this.ids.includes(id)) this.ids.push(id);
    return `<id${this.ids.indexOf(id)}>`;
  }
}

/** A second may pass. */
function aboutOf(ttl: number): string {
  return ttl % 100 === 99 ? String(ttl + 1) : String(ttl);
}

/** They are listed by their ids. */
function sortMembers(text: string): string {
  const lines = text.split('\n');
  if (!lines.some((line) => /^<id\d>(?:: name=|\[unstarted\])/.test(line)))
    return text.replace(
      /^ETCD_INITIAL_CLUSTER="(.*)"$/m,
      (_, list: string) => `ETCD_INITIAL_CLUSTER="${list.split(',').sort().join(',')}"`,
    );
  return [...lines.filter((line) => line !== '').sort(byName), ''].join('\n');
}

function byName(one: string, other: string): number {
  const [a, b] = [one, other].map((line) => line.replace(/^<id\d>/, ''));
  return (a ?? '') < (b ?? '') ? -1 : 1;
}
