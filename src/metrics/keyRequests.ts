import { KEY_REQUEST } from './buckets';
import { Histogram } from './histogram';

/** Every kind of request there is, by method. All are shown from the start, so that rates begin at 0. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  GET: ['get', 'quorumGet', 'watch'],
  HEAD: ['get', 'quorumGet', 'watch'],
  PUT: ['set', 'create', 'update', 'compareAndSwap'],
  POST: ['create'],
  DELETE: ['delete', 'compareAndDelete'],
};

/** Answers that are shown from the start. */
const STATUSES = [400, 403, 404, 412, 500, 503, 507] as const;

/** The requests of one method and kind. */
export class KeyRequests {
  receivedCount = 0;
  readonly successes = new Histogram(KEY_REQUEST);
  readonly failures = new Histogram(KEY_REQUEST);
  readonly failuresByStatus = new Map<number, number>(STATUSES.map((status) => [status, 0]));

  constructor(
    readonly method: string,
    readonly kind: string,
  ) {}

  received(): void {
    this.receivedCount++;
  }

  succeeded(elapsedMs: number): void {
    this.successes.observeMs(elapsedMs);
  }

  failed(status: number, elapsedMs: number): void {
    this.failures.observeMs(elapsedMs);
    this.failuresByStatus.set(status, (this.failuresByStatus.get(status) ?? 0) + 1);
  }
}

export class KeyRequestTable {
  private readonly byMethod = new Map<string, Map<string, KeyRequests>>();

  constructor() {
    for (const [method, kinds] of Object.entries(KINDS)) {
      this.byMethod.set(method, new Map(kinds.map((kind) => [kind, new KeyRequests(method, kind)])));
    }
  }

  /** Throws for a method or kind that is not in the table. */
  of(method: string, kind: string): KeyRequests {
    const found = this.byMethod.get(method)?.get(kind);
    if (found === undefined) throw new Error(`no request on the key routes is a ${method} of kind ${kind}`);
    return found;
  }

  all(): readonly KeyRequests[] {
    return [...this.byMethod.values()].flatMap((kinds) => [...kinds.values()]);
  }
}
