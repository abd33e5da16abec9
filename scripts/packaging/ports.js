'use strict';

const { once } = require('node:events');
const { createServer } = require('node:net');

/** TCP ports of 127.0.0.1 that are free now; all are held until the last is found, so no two are the same. */
async function freePorts(count) {
  const servers = [];
  for (let at = 0; at < count; at++) {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    servers.push(server);
  }
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

module.exports = { freePorts };
