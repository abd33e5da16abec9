/** Starts and stops the HTTP servers of the client, peer and metrics ports. */
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Koa from 'koa';
import { createApplication, createDirectKeys, createSideApplication, requestListener } from './application';
import { createAccessControl } from './auth/accessControl';
import type { Listener, ListenerOptions } from './listener';
import { NO_OBSERVER } from './observer';
import { openListeners } from './openListeners';
import type { ApiOptions, ListenAddress } from './options';
import { createPeerHandler } from './peerHandler';
import type { PeerPort } from './peerPort';
import type { Traffic } from './traffic';
import { LockService } from './modules/lockService';
import { OpenWaits } from './modules/openWaits';
import { ListingCutError } from '../machine/keyspace/runningListings';
import { RealClock } from '../platform/realClock';
import { KeptListings } from './v2/keys/keptListings';
import { OpenWatches } from './v2/keys/watchResponse';

const CLOSE_DEADLINE_MS = 5000;

/** The servers that are running. */
export class ApiServer {
  constructor(
    private readonly clients: readonly Listener[],
    private readonly peerPort: PeerPort,
    private readonly metrics: readonly Listener[],
    private readonly openWatches: OpenWatches,
    private readonly openWaits: OpenWaits,
  ) {}

  /** Where clients are served, with the real ports. */
  get clientAddresses(): readonly AddressInfo[] {
    return this.clients.map((listener) => listener.address);
  }

  get metricsAddresses(): readonly AddressInfo[] {
    return this.metrics.map((listener) => listener.address);
  }

  /** What clients sent and were sent. */
  clientTraffic(): Traffic {
    let [receivedBytes, sentBytes] = [0, 0];
    for (const listener of this.clients) {
      const traffic = listener.traffic();
      receivedBytes += traffic.receivedBytes;
      sentBytes += traffic.sentBytes;
    }
    return { receivedBytes, sentBytes };
  }

  /** Clients that wait for a lock, and those that were told that they have one. */
  locks(): { readonly waiting: number; readonly acquired: number } {
    const { waiting, acquired } = this.openWaits.locks;
    return { waiting, acquired };
  }

  /** Clients only: accepts nothing new, cuts the watches and who waits for a lock, lets requests finish and cuts what is left at the deadline. */
  async closeClients(deadlineMs: number = CLOSE_DEADLINE_MS): Promise<void> {
    const closing = this.clients.map((listener) => listener.close(deadlineMs));
    this.openWatches.cutAll();
    this.openWaits.cutAll();
    this.openWaits.locks.stop();
    await Promise.all(closing);
  }

  /** The other members too. Their streams must have been ended before, or they are waited for until the deadline. Idempotent. */
  async close(deadlineMs: number = CLOSE_DEADLINE_MS): Promise<void> {
    const metrics = this.metrics.map((listener) => listener.close(deadlineMs));
    await Promise.all([this.closeClients(deadlineMs), this.peerPort.close(deadlineMs), ...metrics]);
  }
}

/**
 * Listens on every address, or on none: rejects with ListenError, naming the first that failed. The peer port is open already, and
 * is then still its owner's to close.
 */
export async function startApi(options: ApiOptions): Promise<ApiServer> {
  const openWatches = new OpenWatches(options.observer, undefined, options.watchBehindBytesMax);
  const clock = Object.assign(new RealClock(), { now: options.now });
  const locks = new LockService(options.member, clock);
  const openWaits = new OpenWaits(options.member, locks);
  options.drain?.onBegun(() => {
    openWatches.cutAll();
    openWaits.cutAll();
  });
  const access = createAccessControl(options.member, options.observer ?? NO_OBSERVER, options.certificateNameOf);
  options.member.onAuthChange(() => {
    openWatches.cutDenied();
    openWaits.cutDenied();
  });
  const onUnexpected = (error: unknown): void => {
    // Its client read slowly, and its connection has ended.
    if (error instanceof ListingCutError) options.logger.warn(error.message);
    else options.logger.error({ err: error }, 'a request failed unexpectedly');
  };
  const listenerOf = (application: Koa): RequestListener => requestListener(application, onUnexpected);
  const longAnswers = { openWatches, openWaits, listings: new KeptListings() };
  const handler = listenerOf(createApplication(options, access, longAnswers, onUnexpected));
  const clientHandler = options.drain?.around(handler) ?? handler;
  const beside = listenerOf(createSideApplication('peer', options, access));
  const peerHandler = createPeerHandler(options.member, onUnexpected, beside, options.answerFounder);
  const metricsHandler = listenerOf(createSideApplication('metrics', options, access));
  const opened: Listener[] = [];
  const { maxHeaderBytes, headerTimeoutMs, bodyTimeoutMs, logger, web, audit, tls, clientAddresses, peerPort } =
    options;
  const open = async (
    addresses: readonly ListenAddress[],
    flag: ListenerOptions['flag'],
    handler: RequestListener,
    more: Pick<ListenerOptions, 'places' | 'direct'>,
  ): Promise<readonly Listener[]> => {
    const common = { flag, maxHeaderBytes, headerTimeoutMs, bodyTimeoutMs, logger, web, audit, tls };
    const listenerOptions = { ...common, ...more };
    const listeners = await openListeners(addresses, listenerOptions, handler);
    opened.push(...listeners);
    return listeners;
  };
  try {
    const clients = await open(clientAddresses, '--listen-client-urls', clientHandler, {
      places: options.places,
      direct: createDirectKeys(options, access, longAnswers, onUnexpected),
    });
    const metrics = await open(options.metricsAddresses ?? [], '--listen-metrics-urls', metricsHandler, {
      places: options.metricsPlaces,
    });
    peerPort.serve(peerHandler, options.onPeerUpgrade);
    locks.start();
    return new ApiServer(clients, peerPort, metrics, openWatches, openWaits);
  } catch (error) {
    await Promise.all(opened.map((listener) => listener.close(0)));
    throw error;
  }
}
