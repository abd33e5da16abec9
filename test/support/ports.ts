import { createServer } from 'node:net';

/** A port of 127.0.0.1 that nothing listened on a moment ago; the system picks it. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('no port number'));
        else resolve(address.port);
      });
    });
  });
}
