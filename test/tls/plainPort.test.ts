import { once } from 'node:events';
import { connect } from 'node:tls';
import pino from 'pino';
import { Listener } from '../../src/api/listener';
import { NO_WEB } from '../../src/api/connection/webRules';

it('a TLS client at a plain port is told of in one line, and does not disturb others', async () => {
  const lines: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
  const listener = await Listener.open(
    { host: '127.0.0.1', port: 0 },
    {
      flag: '--listen-client-urls',
      ...{ maxHeaderBytes: 10_000, headerTimeoutMs: 1000, bodyTimeoutMs: 1000 },
      logger,
      web: NO_WEB,
    },
    (_, response) => response.end(),
  );
  for (let tries = 0; tries < 3; tries++) {
    const socket = connect({ host: '127.0.0.1', port: listener.address.port, rejectUnauthorized: false });
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ERR_SSL_WRONG_VERSION_NUMBER');
  }
  await listener.close(0);
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    from: '127.0.0.1',
    msg: 'a client began TLS at this plain http port; let it call http://, or let this server listen on https:// with a certificate',
  });
});
