/** A map from bytes to bytes that can list a range in the order of its keys' bytes. */
import { LongValue, type KvOperation, type KvValue } from './kv';

/** Keys are kept as strings of one character a byte, which compare as the bytes do. The order is made when it is asked for. */
export class SortedBytes {
  readonly #values: Map<string, Uint8Array>;
  #sortedKeys: readonly string[] | undefined;

  constructor(values = new Map<string, Uint8Array>()) {
    this.#values = values;
  }

  copy(): SortedBytes {
    return new SortedBytes(new Map(this.#values));
  }

  /** The values are kept, not copied. */
  apply(operations: readonly KvOperation[]): void {
    for (const operation of operations) {
      const key = nameOf(bytesOf(operation.key));
      const known = this.#values.has(key);
      if (operation.type === 'put') this.#values.set(key, bytesOf(operation.value));
      else this.#values.delete(key);
      if (known !== (operation.type === 'put')) this.#sortedKeys = undefined;
    }
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#values.get(nameOf(key));
  }

  /** From `gte` (included) to `lt` (excluded). */
  range(gte: Uint8Array, lt: Uint8Array): (readonly [key: Buffer, value: Uint8Array])[] {
    const keys = (this.#sortedKeys ??= [...this.#values.keys()].sort(compareCodeUnits));
    const pairs: (readonly [Buffer, Uint8Array])[] = [];
    const end = lowerBound(keys, nameOf(lt));
    for (let at = lowerBound(keys, nameOf(gte)); at < end; at += 1) {
      const key = keys[at] ?? '';
      const value = this.#values.get(key);
      if (value !== undefined) pairs.push([Buffer.from(key, 'latin1'), value]);
    }
    return pairs;
  }
}

/** What is stored for it; bytes are not copied. */
export function bytesOf(data: KvValue): Uint8Array {
  if (data instanceof LongValue) return data.bytes();
  return typeof data === 'string' ? Buffer.from(data, 'utf8') : data;
}

function nameOf(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1');
}

function compareCodeUnits(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** The first position whose key is not below `key`. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
