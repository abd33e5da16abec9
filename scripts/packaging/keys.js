'use strict';

/** Reads and writes through the v2 API of a member; both reject unless it answers with success. */
const REQUEST_LIMIT_MS = 15_000;

async function request(base, path, init = {}) {
  const response = await fetch(`${base}${path}`, { ...init, signal: AbortSignal.timeout(REQUEST_LIMIT_MS) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${base}${path} answered ${response.status}: ${text.trim()}`);
  return text === '' ? undefined : JSON.parse(text);
}

async function put(base, key, value) {
  await request(base, `/v2/keys/${key}`, { method: 'PUT', body: new URLSearchParams({ value }) });
}

/** The value as this member has it; linearizable with `{ quorum: true }`. */
async function get(base, key, { quorum = false } = {}) {
  const { node } = await request(base, `/v2/keys/${key}${quorum ? '?quorum=true' : ''}`);
  return node.value;
}

/** The members this one knows: `id`, `name`, `peerURLs`, `clientURLs`. */
async function members(base) {
  return (await request(base, '/v2/members')).members;
}

module.exports = { put, get, members };
