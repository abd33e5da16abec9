/** Compares what a server holds after a restart with what it had acknowledged before. */
import { Agent } from 'node:http';
import { open } from '../support/exchange';
import { ask, fileOf } from './durabilityLoad';
import type { AcknowledgedWrite, Load, StoredFile, Write } from './durabilityLoad';

/** Events that are kept at least; the server keeps 1000. */
const HISTORY = 950;
const REPLAY_LIMIT_MS = 10_000;
const SENTINEL = '/sentinel';

interface TreeNode extends StoredFile {
  readonly key?: string;
  readonly dir?: boolean;
  readonly nodes?: readonly TreeNode[];
}

/**
 * Every way in which the server contradicts its acknowledgements, in words; empty if it keeps them. Takes writes that were
 * carried out without an acknowledgement into the load's books, so that the next check builds on them.
 */
export async function contradictions(load: Load, port: number): Promise<string[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const answer = await ask(agent, port, 'GET', '/v2/keys/?recursive=true');
  const found: string[] = [];
  const tree = filesOf(JSON.parse(answer.body).node);
  const carriedOut = load.open.filter((write) => settle(load, write, tree));
  found.push(...differences(load.files, tree));
  if (!(answer.etcdIndex >= load.highestIndex)) {
    // Without these events there is no history that could be compared.
    return [...found, `X-Etcd-Index went back from ${load.highestIndex} to ${answer.etcdIndex}`];
  }
  const expected = load.acknowledged;
  load.acknowledged = [];
  load.open = [];
  await load.write(agent, port, { action: 'set', key: SENTINEL, value: `at ${answer.etcdIndex}` });
  agent.destroy();
  const end = load.highestIndex;
  const events = await replay(port, Math.max(load.checkedIndex + 1, end - HISTORY), end);
  found.push(...historyDifferences(expected, carriedOut, events, end));
  load.acknowledged = [];
  load.checkedIndex = end;
  return found;
}

/** Whether the write was carried out after all; if so, its effect goes into the books. */
function settle(load: Load, write: Write, tree: ReadonlyMap<string, StoredFile>): boolean {
  if (write.action === 'delete') return !tree.has(write.key) && load.files.delete(write.key);
  for (const [key, file] of tree) {
    if (file.value !== write.value) continue;
    if (key !== write.key && !(write.action === 'create' && key.startsWith(`${write.key}/`))) continue;
    load.files.set(key, file);
    return true;
  }
  return false;
}

function differences(expected: ReadonlyMap<string, StoredFile>, actual: ReadonlyMap<string, StoredFile>): string[] {
  const found: string[] = [];
  for (const [key, file] of expected) {
    const stored = actual.get(key);
    if (JSON.stringify(stored) !== JSON.stringify(file)) {
      found.push(`${key} is ${JSON.stringify(stored)} instead of ${JSON.stringify(file)}`);
    }
  }
  for (const key of actual.keys()) if (!expected.has(key)) found.push(`${key} is there, but nobody wrote it`);
  return found;
}

function historyDifferences(
  expected: readonly AcknowledgedWrite[],
  carriedOut: readonly Write[],
  events: readonly AcknowledgedWrite[],
  end: number,
): string[] {
  const found: string[] = [];
  const byIndex = new Map(events.map((event) => [event.index, event]));
  events.forEach(({ index }, position) => {
    if (index <= (events[position - 1]?.index ?? 0)) found.push(`event ${index} comes after a later one`);
  });
  for (const write of expected) {
    const event = byIndex.get(write.index);
    byIndex.delete(write.index);
    if (write.index >= end - HISTORY && JSON.stringify(event) !== JSON.stringify(write)) {
      found.push(`the history has ${JSON.stringify(event)} instead of ${JSON.stringify(write)}`);
    }
  }
  byIndex.delete(end);
  const unexplained = [...byIndex.values()].filter((event) => !carriedOut.some((write) => isEventOf(event, write)));
  if (byIndex.size > carriedOut.length || unexplained.length > 0) {
    found.push(`${byIndex.size} events for ${carriedOut.length} writes: ${JSON.stringify([...byIndex.values()])}`);
  }
  return found;
}

function isEventOf(event: Write, write: Write): boolean {
  if (event.action !== write.action || event.value !== write.value) return false;
  return write.action === 'create' ? event.key.startsWith(`${write.key}/`) : event.key === write.key;
}

/** The events from `start` to `end`, as one stream tells them. */
async function replay(port: number, start: number, end: number): Promise<AcknowledgedWrite[]> {
  const target = `/v2/keys/?wait=true&recursive=true&stream=true&waitIndex=${start}`;
  const exchange = open(port, { method: 'GET', target, headers: [] });
  const complete = await exchange.until((stream) => endsWith(stream.received().body, end), REPLAY_LIMIT_MS);
  exchange.close();
  const body = exchange.received().body.toString('utf8');
  if (!complete) throw new Error(`the history from ${start} to ${end} did not come: ${body.slice(-2000)}`);
  return body
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
    .filter(({ node }) => !node.key.startsWith('/_etcd/'))
    .map(({ action, node }) => ({ action, key: node.key, value: node.value ?? '', index: node.modifiedIndex }));
}

/** Whether the last event is whole and is the sentinel's of that index. */
function endsWith(body: Buffer, index: number): boolean {
  const text = body.subarray(-1000).toString('utf8');
  if (!text.endsWith('\n')) return false;
  const last = text.slice(text.lastIndexOf('\n', text.length - 2) + 1);
  return last.startsWith(`{"action":"set","node":{"key":"${SENTINEL}",`) && last.includes(`"modifiedIndex":${index},`);
}

function filesOf(root: TreeNode): Map<string, StoredFile> {
  const files = new Map<string, StoredFile>();
  const visit = (node: TreeNode): void => {
    if (node.dir !== true && node.key !== undefined) files.set(node.key, fileOf(node));
    node.nodes?.forEach(visit);
  };
  visit(root);
  return files;
}
