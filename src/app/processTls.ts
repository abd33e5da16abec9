/** TLS of one process: what its listeners accept with, and what it dials with. */
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import type { Configuration } from '../config/configuration';
import { clientSide, discoverySide, peerSide } from '../config/tlsSides';
import { isWildcard, type Endpoint } from '../config/urls';
import { descriptorLimit, handshakesMax } from '../limits/descriptors';
import { RealClock } from '../platform/realClock';
import { fileError } from '../storage/fileError';
import { TlsAcceptor } from '../tls/acceptor';
import { doubtsOfNames } from './certificateNames';
import { systemTls, type ClientTls } from '../tls/clientTls';
import type { Credentials } from '../tls/credentials';
import { dialMaterial, openCredentials } from '../tls/dialMaterial';
import type { Material } from '../tls/material';
import { keepSelfMade, selfMadeFiles } from '../tls/selfMade';
import type { TlsSide } from '../tls/side';

/** A side that is in use, and the way its listeners accept. */
interface Opened {
  readonly side: TlsSide;
  readonly credentials: Credentials;
  readonly acceptor: TlsAcceptor;
  readonly dialing: () => ClientTls;
  readonly stop: () => void;
}

/** A side that is only dialed with. */
type Dialed = Pick<Opened, 'dialing' | 'stop'>;

/** When something of a listener ends. */
interface ListenerEnd {
  readonly listener: 'client' | 'peer';
  readonly secondsLeft: number;
}

/** For the metrics. */
export interface TlsEnds {
  readonly certificates: readonly ListenerEnd[];
  readonly revocations: readonly ListenerEnd[];
}

export class ProcessTls {
  private readonly clock = new RealClock();
  private client: Opened | undefined;
  private peer: Opened | undefined;
  private discovery: Dialed | undefined;

  private constructor(
    private readonly configuration: Configuration,
    private readonly logger: Logger,
  ) {}

  /** Reads all files that options name. Rejects with TlsFileError. */
  static async open(configuration: Configuration, logger: Logger): Promise<ProcessTls> {
    const tls = new ProcessTls(configuration, logger);
    const [client, peer] = [clientSide(configuration), peerSide(configuration)];
    // As etcd: where no URL asks for TLS, what is there for it is not looked at. Members are dialed with theirs in any case.
    if (tls.servesClients && !client.isSelfMade) tls.client = await tls.use(client);
    const isGiven = peer.files.certificate !== undefined || peer.files.authorities !== undefined;
    if (isGiven) tls.peer = await tls.use(peer);
    if (configuration.discovery.startsWith('https:')) tls.discovery = await tls.dialWith(discoverySide(configuration));
    return tls;
  }

  /**
   * Makes the certificates that nobody gave and options ask for, and keeps them in the data directory, which is this process's own by now. For
   * each role that is served: between two the directory may have been exchanged for one without them. Rejects with StorageError.
   */
  async makeOwn(): Promise<void> {
    const { configuration } = this;
    const [client, peer] = [clientSide(configuration), peerSide(configuration)];
    for (const opened of [this.client, this.peer]) if (opened?.side.isSelfMade === true) await this.keepOwn(opened);
    if (this.client === undefined && this.servesClients && client.isSelfMade) {
      this.client = await this.use(await this.withOwn(client, clientEndpoints(configuration)));
    }
    if (this.peer === undefined && peer.isSelfMade) {
      this.peer = await this.use(await this.withOwn(peer, peerEndpoints(configuration)));
    }
  }

  /** For the client and metrics ports; undefined where no URL asks for TLS. */
  get clients(): TlsAcceptor | undefined {
    return this.client?.acceptor;
  }

  /** For the peer port. */
  get peers(): TlsAcceptor | undefined {
    return this.peer?.acceptor;
  }

  /** What the peer ports of members are dialed with. */
  readonly peerDialing = (): ClientTls => (this.peer === undefined ? systemTls() : this.peer.dialing());

  /** What the client ports of members are dialed with: with what this one has for clients, unless it names no CA of theirs. */
  readonly clientDialing = (): ClientTls => {
    const { client } = this;
    const knowsOthers = client !== undefined && (client.side.isSelfMade || client.side.files.authorities !== undefined);
    return knowsOthers ? client.dialing() : this.peerDialing();
  };

  /** What a discovery service is dialed with: by default with the CAs of the system, as etcd does. */
  readonly discoveryDialing = (): ClientTls => this.discovery?.dialing() ?? systemTls();

  /** Of the certificates and the lists of revoked certificates in use. */
  ends(nowMs: number): TlsEnds {
    const sides = [['client', this.client] as const, ['peer', this.peer] as const];
    const endsOf = (endMsOf: (material: Material) => number | undefined): readonly ListenerEnd[] =>
      sides.flatMap(([listener, opened]) => {
        const endMs = opened && endMsOf(opened.credentials.current);
        return endMs !== undefined && Number.isFinite(endMs) ? [{ listener, secondsLeft: (endMs - nowMs) / 1000 }] : [];
      });
    return {
      certificates: endsOf(({ expiresMs }) => expiresMs),
      revocations: endsOf(({ revocations }) => revocations?.endMs),
    };
  }

  /** Looks at the files no more. */
  stop(): void {
    this.client?.stop();
    this.peer?.stop();
    this.discovery?.stop();
  }

  private get servesClients(): boolean {
    const { listenClientUrls, listenMetricsUrls } = this.configuration;
    return [...listenClientUrls, ...listenMetricsUrls].some(({ scheme }) => scheme === 'https');
  }

  private async use(side: TlsSide): Promise<Opened> {
    const { clock, logger: log } = this;
    const { name, isSelfMade } = side;
    // A certificate that is put in the place of another one may be for other names: it would be found at the next start, by those who dial.
    const doubtsOf = ({ pem }: Material): readonly string[] =>
      doubtsOfNames(this.configuration, { client: undefined, peer: undefined, [name]: pem.cert?.toString() });
    // A proxy has no peer port.
    const isOnlyDialedWith = name === 'peer' && this.configuration.proxy !== 'off';
    const credentials = await openCredentials(side, {
      ...{ clock, log, isOnlyDialedWith },
      ...(isSelfMade ? {} : { doubtsOf }),
    });
    // At the ports of clients they have the places of connections already.
    const unfinishedMax = name === 'peer' ? handshakesMax(descriptorLimit()) : undefined;
    const acceptor = new TlsAcceptor({ side, credentials, clock, log, unfinishedMax });
    return { side, credentials, acceptor, dialing: dialMaterial(credentials, side), stop: credentials.watch() };
  }

  private async dialWith(side: TlsSide): Promise<Dialed> {
    const credentials = await openCredentials(side, { clock: this.clock, log: this.logger, isOnlyDialedWith: true });
    return { dialing: dialMaterial(credentials, side), stop: credentials.watch() };
  }

  /** What is in use is looked for in its files, and shown again after the next start. */
  private async keepOwn({ side, credentials }: Opened): Promise<void> {
    const { cert, key } = credentials.current.pem;
    if (typeof cert !== 'string' || typeof key !== 'string') return;
    await keepSelfMade(this.configuration.dataDir, side.name, { certificate: cert, key }).catch(this.notKept);
  }

  private readonly notKept = (error: unknown): never => {
    throw fileError(error, 'cannot keep a self-made certificate in the data directory', this.configuration.dataDir);
  };

  private async withOwn(side: TlsSide, endpoints: readonly Endpoint[]): Promise<TlsSide> {
    const hosts = new Set(['localhost', '127.0.0.1', '::1', hostname()]);
    for (const { host } of endpoints) if (!isWildcard(host)) hosts.add(host);
    const wish = {
      commonName: `${this.configuration.name} (self-made)`,
      hosts: [...hosts],
      years: side.validityYears,
      nowMs: this.clock.now(),
    };
    const { dataDir } = this.configuration;
    const files = await selfMadeFiles(dataDir, side.name, wish).catch(this.notKept);
    return { ...side, files: { ...files, authorities: side.files.authorities, revoked: side.files.revoked } };
  }
}

function clientEndpoints({
  listenClientUrls,
  listenMetricsUrls,
  advertiseClientUrls,
}: Configuration): readonly Endpoint[] {
  return [...listenClientUrls, ...listenMetricsUrls, ...advertiseClientUrls];
}

function peerEndpoints({ listenPeerUrls, initialAdvertisePeerUrls }: Configuration): readonly Endpoint[] {
  return [...listenPeerUrls, ...initialAdvertisePeerUrls];
}
