/** Bytes of all request bodies that are under way, from their first byte until the request is answered. */
import type { ServerResponse } from 'node:http';

/** Smaller bodies are not counted: the connection itself costs more, and descriptors bound the connections. */
const COUNTED_FROM_BYTES = 1024;

export class BodyBudget {
  private used = 0;

  constructor(private readonly limit: number) {}

  get usedBytes(): number {
    return this.used;
  }

  /**
   * An account for one body. It is closed when the response is, answered or not.
   *
   * @returns false: there is no room for a body that has become so long
   */
  account(response: ServerResponse): (length: number) => boolean {
    let counted = 0;
    return (length) => {
      if (length < COUNTED_FROM_BYTES) return true;
      if (this.used + length - counted > this.limit) return false;
      if (counted === 0) {
        response.once('close', () => {
          this.used -= counted;
        });
      }
      this.used += length - counted;
      counted = length;
      return true;
    };
  }
}
