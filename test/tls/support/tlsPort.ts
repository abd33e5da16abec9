/** A port that is served by an acceptor alone: whoever may be served is told who it is and sent "served". */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import type { Cancel } from '../../../src/platform/clock';
import { RealClock } from '../../../src/platform/realClock';
import { TlsAcceptor } from '../../../src/tls/acceptor';
import { Credentials } from '../../../src/tls/credentials';
import type { TlsFiles } from '../../../src/tls/files';
import { verifiedNameOf } from '../../../src/tls/identity';
import type { TlsSide } from '../../../src/tls/side';
import type { CertificateFiles, Pki } from './pki';

class CountingClock extends RealClock {
  running = 0;

  override after(delayMs: number, run: () => void): Cancel {
    let isOver = false;
    const end = (): void => {
      if (!isOver) this.running -= 1;
      isOver = true;
    };
    this.running += 1;
    const cancel = super.after(delayMs, () => {
      end();
      run();
    });
    return () => {
      end();
      cancel();
    };
  }
}

export interface TlsPort {
  readonly port: number;
  /** How many connections a limit of time runs for: those whose handshake is not done. */
  unfinishedCount(): number;
  readonly credentials: Credentials;
  /** What the log says. */
  readonly lines: string[];
  /** Where it says that each came from. */
  readonly origins: unknown[];
  /** What a client is sent, and `refused: ...` if it is not served. */
  ask(options?: ConnectionOptions): Promise<Heard>;
  close(): Promise<void>;
}

export interface Heard {
  readonly text: string;
  readonly protocol: string | null;
  readonly cipher: string;
  readonly session: Buffer | undefined;
  readonly isResumed: boolean;
}

/** What a port with this certificate is opened with, for clients of the CA. */
export function filesOf(
  { certFile, keyFile }: Pick<CertificateFiles, 'certFile' | 'keyFile'>,
  { caFile }: Pki,
): TlsFiles {
  return {
    certificate: { option: '--cert-file', path: certFile },
    key: { option: '--key-file', path: keyFile },
    authorities: { option: '--trusted-ca-file', path: caFile },
  };
}

/** Of clients, which have to show a certificate, unless `more` says otherwise. */
export function tlsSideOf(files: TlsFiles, more: Partial<TlsSide> = {}): TlsSide {
  return {
    name: 'client',
    files,
    certificatesDemanded: true,
    allowedCommonNames: [],
    allowedHostNames: [],
    isSelfMade: false,
    validityYears: 1,
    protocol: { minVersion: 'TLS1.2', maxVersion: '', cipherSuites: [] },
    ...more,
  };
}

export async function openTlsPort(files: TlsFiles, more: Partial<TlsSide> = {}): Promise<TlsPort> {
  const side = tlsSideOf(files, more);
  const lines: string[] = [];
  const origins: unknown[] = [];
  const line = (fieldsOrText: unknown, text?: string): void => {
    lines.push(text ?? String(fieldsOrText));
    if (typeof fieldsOrText === 'object') origins.push((fieldsOrText as { from?: unknown }).from);
  };
  const log = { info: line, warn: line } as never;
  const clock = new CountingClock();
  const credentials = await Credentials.open({
    side: 'client',
    files,
    rules: { ownSignedByAuthorities: false },
    clock,
    log,
  });
  const acceptor = new TlsAcceptor({ side, credentials, clock, log });
  const server = createServer({ allowHalfOpen: true }, (raw) => {
    acceptor.accept(raw, (secure) => {
      secure.on('error', () => undefined);
      secure.end(`served ${verifiedNameOf(secure) ?? 'somebody'}`);
      secure.resume();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    unfinishedCount: () => clock.running,
    credentials,
    lines,
    origins,
    ask: (options = {}) => hear(connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options })),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  };
}

function hear(socket: TLSSocket): Promise<Heard> {
  return new Promise((resolve) => {
    let text = '';
    let session: Buffer | undefined;
    let facts = { protocol: null as string | null, cipher: '', isResumed: false };
    socket.setEncoding('utf8');
    socket.on('secureConnect', () => {
      facts = {
        protocol: socket.getProtocol(),
        cipher: socket.getCipher().standardName,
        isResumed: socket.isSessionReused(),
      };
    });
    socket.on('session', (ticket: Buffer) => {
      session = ticket;
    });
    socket.on('data', (piece: string) => (text += piece));
    socket.on('end', () => socket.end());
    socket.on('error', (error: NodeJS.ErrnoException) => {
      text = `refused: ${error.code ?? error.message}`;
    });
    socket.on('close', () => {
      resolve({ text: text === '' ? 'refused: closed' : text, session, ...facts });
    });
  });
}
