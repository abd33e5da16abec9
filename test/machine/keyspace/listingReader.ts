/** Long listings of a key space, read a little at a time. */
import type { KeyEvent, ListingStep, NodeView } from '../../../src/machine/keyspace/event';
import { KeySpace } from '../../../src/machine/keyspace/keySpace';
import { RunningListings } from '../../../src/machine/keyspace/runningListings';
import { Tree } from '../../../src/machine/keyspace/tree';
import { NOW_MS, set } from './writer';

export type Shown = Omit<NodeView, 'nodes'> & { nodes?: Shown[] };

export function shown({ nodes, ...node }: NodeView): Shown {
  return nodes === undefined ? node : { ...node, nodes: nodes.map(shown) };
}

/** Takes as many steps as it is told, or all, and puts them together to a tree. */
export class Reader {
  readonly top: Shown[] = [];
  private readonly levels: Shown[][] = [this.top];

  constructor(private readonly steps: Generator<ListingStep>) {}

  read(count = Number.POSITIVE_INFINITY): boolean {
    for (let taken = 0; taken < count; taken += 1) {
      const { done, value } = this.steps.next();
      if (done === true) return false;
      this.take(value);
    }
    return true;
  }

  private take(step: ListingStep): void {
    if (step.type === 'pause') return;
    if (step.type === 'close') {
      this.levels.pop();
      return;
    }
    const node = shown({ ...step.view, nodes: undefined });
    this.levels.at(-1)?.push(node);
    if (step.type === 'open') this.levels.push((node.nodes = []));
  }
}

export function listed(
  keySpace: KeySpace,
  path: string,
  recursive: boolean,
  sorted: boolean,
  nodesMax?: number,
): KeyEvent {
  const result = keySpace.get(path, recursive, sorted, NOW_MS, nodesMax);
  if (!result.ok) throw new Error(result.cause);
  return result;
}

export function readerOf(event: KeyEvent): Reader {
  if (event.listing === undefined) throw new Error('it was collected at once');
  return new Reader(event.listing);
}

/** A key space that keeps little for listings. */
export function keeping(
  bytesMax: number,
  handedOver?: number,
): { readonly keySpace: KeySpace; readonly listings: RunningListings } {
  const listings = new RunningListings(bytesMax, handedOver);
  return { keySpace: Object.assign(new KeySpace(100), { tree: new Tree(listings) }), listings };
}

/** Flat, with values of 100 bytes; 600 nodes in all. */
export function filled(keySpace: KeySpace): void {
  for (let at = 0; at < 600; at += 1)
    keySpace.apply(set(`/${at % 2 === 0 ? 'even' : 'odd'}/${at}`, { value: 'v'.repeat(100) }));
}
