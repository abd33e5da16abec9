/** What writing an answer needs of a response: Node's own is one, and so is that of a request that never was Node's (`direct/`). */

import type { Socket } from 'node:net';

/** A flat list of names and values, as `writeHead` takes it. */
export type FlatHeaders = (string | number)[];

export interface Outgoing {
  readonly req: {
    readonly method?: string | undefined;
    readonly socket: { readonly remoteAddress?: string | undefined };
  };
  readonly headersSent: boolean;
  /** The answer was given, or never can be. */
  readonly closed: boolean;
  readonly destroyed: boolean;
  /** All was given that there is, though it may not be on its way yet. */
  readonly writableEnded: boolean;
  /** What it goes to, and what its client may close its half of. */
  readonly socket: Socket | null;
  /** More is not to be written before `drain`. */
  readonly writableNeedDrain: boolean;
  setHeader(name: string, value: string | number): unknown;
  writeHead(status: number, headers: FlatHeaders): unknown;
  /** Sends the headers, before there is anything of a body. */
  flushHeaders(): unknown;
  /** False: as `writableNeedDrain`. */
  write(text: string, encoding: 'latin1'): boolean;
  write(bytes: Uint8Array): boolean;
  end(text: string, encoding: 'latin1'): unknown;
  end(bytes?: Uint8Array): unknown;
  on(event: 'drain' | 'close', listener: () => void): unknown;
  once(event: 'drain' | 'close', listener: () => void): unknown;
  /** Breaks the answer off. */
  destroy(): unknown;
}
