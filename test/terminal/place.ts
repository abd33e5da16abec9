import { createServer } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stablePort } from '../support/ports';

export const ROOT = resolve(__dirname, '../..');

/** Where one member is: an empty folder and two ports of its own. */
export interface Place {
  readonly folder: string;
  readonly clientPort: number;
  readonly peerPort: number;
  /** What a member is told, as words of a shell. */
  readonly flags: string;
  remove(): void;
}

export async function makePlace(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-place-'));
  const [clientPort, peerPort] = [await stablePort(), await stablePort()];
  const client = `http://127.0.0.1:${clientPort}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  const flags = [
    `--data-dir ${join(folder, 'data')}`,
    `--listen-client-urls ${client} --advertise-client-urls ${client}`,
    `--listen-peer-urls ${peer} --initial-advertise-peer-urls ${peer} --initial-cluster default=${peer}`,
  ].join(' ');
  return {
    folder,
    clientPort,
    peerPort,
    flags,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Whether nobody listens on this port of 127.0.0.1. */
export async function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.on('error', () => {
      done(false);
    });
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        done(true);
      });
    });
  });
}
