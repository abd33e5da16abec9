/** An https server that plays a member, and what a command beside it is told. */
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { TLSSocket, type SecureContextOptions } from 'node:tls';
import type { CertificateFiles, Pki } from '../tls/support/pki';

const MEMBERS = JSON.stringify({ members: [] });

export class SecureServer {
  port = 0;
  /** Method, path and the common name of whoever asked. */
  asked: string[] = [];
  private server: Server | undefined;

  async serve({ certificate, key }: CertificateFiles, options: ServerOptions = {}): Promise<void> {
    this.asked = [];
    const server = createServer({ cert: certificate, key, ...options }, (request, response) => {
      this.asked.push(`${request.method} ${request.url} ${nameOf(request.socket)}`);
      response.setHeader('X-Etcd-Cluster-Id', '1').end(request.url === '/members' ? '[{"id":10}]' : MEMBERS);
    });
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  show(options: SecureContextOptions): void {
    this.server?.setSecureContext(options);
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  /** As the member in the same container is told where it listens and with what. */
  besides(files: CertificateFiles, more: Record<string, string> = {}): Record<string, string> {
    return {
      ETCD_LISTEN_CLIENT_URLS: `https://0.0.0.0:${this.port}`,
      ETCD_CERT_FILE: files.certFile,
      ETCD_KEY_FILE: files.keyFile,
      ...more,
    };
  }
}

export function demanding({ ca }: Pki): ServerOptions {
  return { ca: ca.certificate, requestCert: true, rejectUnauthorized: true };
}

function nameOf(socket: Socket): string {
  const subject = socket instanceof TLSSocket ? socket.getPeerCertificate().subject : undefined;
  return (subject as { CN?: string } | undefined)?.CN ?? 'nobody';
}
