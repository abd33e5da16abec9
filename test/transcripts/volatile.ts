/** Parts of answers that differ from run to run, and what stands for them in a recording. */

const EXPIRATION = /"expiration":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{0,8}[1-9])?Z"/g;
/** Of the server under test: taken free at each start. */
const OWN_PORT = /http:\/\/127\.0\.0\.1:\d{4,5}(?!\d)/g;
const HEADERS: Readonly<Record<string, readonly [RegExp, string]>> = {
  'X-Etcd-Cluster-Id': [/^[1-9a-f][0-9a-f]{0,15}$/, '<hex>'],
  'X-Raft-Index': [/^[1-9]\d*$/, '<number>'],
  'X-Raft-Term': [/^[1-9]\d*$/, '<number>'],
  Date: [/^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/, '<date>'],
};

/** A header's value, or its placeholder if it varies and looks as it must. */
export function maskHeader(name: string, value: string): string {
  const mask = HEADERS[name];
  return mask?.[0].test(value) === true ? mask[1] : value;
}

/** A body with well-formed expiration dates and ports of its own machine replaced, and (`unsorted`) listings put in the order of their keys. */
export function maskBody(body: string, unsorted: boolean): string {
  const sorted = unsorted && body.includes('"nodes":[') ? sortListings(body) : body;
  return sorted.replace(EXPIRATION, '"expiration":"<date>"').replace(OWN_PORT, 'http://127.0.0.1:<port>');
}

/** Whether two texts are the same, TTLs that are one second apart forgiven, and those that are less because the text is so much older. */
export function sameText(expected: string, actual: string, olderSeconds = 0): boolean {
  const [expectedRest, expectedTtls] = takeTtls(expected);
  const [actualRest, actualTtls] = takeTtls(actual);
  const isNear = (lessSeconds: number): boolean => lessSeconds >= -1 && lessSeconds <= 1 + olderSeconds;
  return expectedRest === actualRest && expectedTtls.every((ttl, index) => isNear(ttl - (actualTtls[index] ?? NaN)));
}

function takeTtls(text: string): [rest: string, ttls: number[]] {
  const ttls: number[] = [];
  // A TTL that is 0 is not written (spec v2-api section 3).
  const written = text.replace(/("expiration":"<date>")(?!,"ttl")/g, '$1,"ttl":0');
  const rest = written.replace(/"ttl":(-?\d+)/g, (_, ttl: string) => {
    ttls.push(Number(ttl));
    return '"ttl":#';
  });
  return [rest, ttls];
}

function sortListings(body: string): string {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return body;
  }
  sortNodes(value);
  return escapeAsGo(JSON.stringify(value)) + (body.endsWith('\n') ? '\n' : '');
}

function sortNodes(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, child] of Object.entries(value)) {
    if (name === 'nodes' && Array.isArray(child)) child.sort((a, b) => compare(keyOf(a), keyOf(b)));
    sortNodes(child);
  }
}

function keyOf(node: unknown): string {
  return typeof node === 'object' && node !== null && 'key' in node ? String(node.key) : '';
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** JSON.stringify leaves these characters as they are; etcd's encoder, whose text is compared, does not. */
function escapeAsGo(json: string): string {
  return json.replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
