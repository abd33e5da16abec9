/** Starts and stops the HTTP servers of the client and the peer port. */
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApplication } from './application';
import type { ListenerOptions } from './listener';
import { Listener, ListenError } from './listener';
import type { ApiOptions, ListenAddress } from './options';
import { createPeerHandler } from './peerHandler';
import { OpenWatches } from './v2/keys/watchResponse';

const CLOSE_DEADLINE_MS = 5000;

/** The servers that are running. */
export class ApiServer {
  constructor(
    private readonly clients: readonly Listener[],
    private readonly peers: readonly Listener[],
    private readonly openWatches: OpenWatches,
  ) {}

  /** Where clients are served, with the real ports. */
  get clientAddresses(): readonly AddressInfo[] {
    return this.clients.map((listener) => listener.address);
  }

  get peerAddresses(): readonly AddressInfo[] {
    return this.peers.map((listener) => listener.address);
  }

  /** Clients only: accepts nothing new, ends the watches, lets requests finish and cuts what is left at the deadline. */
  async closeClients(deadlineMs: number = CLOSE_DEADLINE_MS): Promise<void> {
    const closing = this.clients.map((listener) => listener.close(deadlineMs));
    this.openWatches.endAll();
    await Promise.all(closing);
  }

  /** The other members too. Their streams must have been ended before, or they are waited for until the deadline. Idempotent. */
  async close(deadlineMs: number = CLOSE_DEADLINE_MS): Promise<void> {
    await Promise.all([this.closeClients(deadlineMs), ...this.peers.map((listener) => listener.close(deadlineMs))]);
  }
}

/** Listens on every address, or on none: rejects with ListenError, naming the first that failed. */
export async function startApi(options: ApiOptions): Promise<ApiServer> {
  const openWatches = new OpenWatches();
  const onUnexpected = (error: unknown): void => {
    options.logger.error({ err: error }, 'a request failed unexpectedly');
  };
  // Koa answers every failure itself: its promise never rejects.
  const clientHandler = createApplication(options, openWatches, onUnexpected).callback() as RequestListener;
  const peerHandler = createPeerHandler(options.member, onUnexpected);
  const opened: Listener[] = [];
  const { maxHeaderBytes, headerTimeoutMs, bodyTimeoutMs, logger } = options;
  const common = { maxHeaderBytes, headerTimeoutMs, bodyTimeoutMs, logger };
  try {
    const clients = await openAll(
      options.clientAddresses,
      { ...common, flag: '--listen-client-urls' },
      clientHandler,
      opened,
    );
    const peers = await openAll(options.peerAddresses, { ...common, flag: '--listen-peer-urls' }, peerHandler, opened);
    if (options.onPeerUpgrade !== undefined) {
      for (const listener of peers) listener.onUpgrade(options.onPeerUpgrade);
    }
    return new ApiServer(clients, peers, openWatches);
  } catch (error) {
    await Promise.all(opened.map((listener) => listener.close(0)));
    throw error;
  }
}

/** Opens a list of addresses, noting each in `opened` so that a failure can undo them. */
async function openAll(
  addresses: readonly ListenAddress[],
  options: ListenerOptions,
  handler: RequestListener,
  opened: Listener[],
): Promise<readonly Listener[]> {
  const listeners: Listener[] = [];
  for (const address of addresses) {
    const isLocalhost = address.host === 'localhost';
    const first = await Listener.open(isLocalhost ? { ...address, host: '127.0.0.1' } : address, options, handler);
    listeners.push(first);
    opened.push(first);
    const second = isLocalhost
      ? await openIfAvailable({ host: '::1', port: first.address.port }, options, handler)
      : undefined;
    if (second === undefined) continue;
    listeners.push(second);
    opened.push(second);
  }
  return listeners;
}

/** Undefined on a machine that does not have the address (IPv6 switched off). */
async function openIfAvailable(
  address: ListenAddress,
  options: ListenerOptions,
  handler: RequestListener,
): Promise<Listener | undefined> {
  try {
    return await Listener.open(address, options, handler);
  } catch (error) {
    const isMissing = error instanceof ListenError && ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(error.code);
    if (isMissing) return undefined;
    throw error;
  }
}
