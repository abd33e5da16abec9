/** The metrics port of a proxy: what it does itself, as its client port speaks for the members. */
import type { RequestListener } from 'node:http';
import { descriptorLimit } from '../limits/descriptors';
import { countOpenFiles } from '../metrics/processFiles';
import { proxyMetrics } from '../metrics/proxy';
import { answerMonitoring, answerNotFound } from '../platform/monitoringAnswers';
import type { ProxyStatus } from '../proxy/proxy';
import type { ProcessTls } from './processTls';

/** @param statusOf what the proxy says of itself; undefined before it serves */
export function proxyMonitoring(
  statusOf: () => ProxyStatus | undefined,
  tls: Pick<ProcessTls, 'ends'>,
): RequestListener {
  return (request, response) => {
    const status = statusOf() ?? NOTHING_YET;
    const notReady = status.isReady ? undefined : 'a proxy that knows of no member that answers';
    const metrics = (): Promise<string> => textOf(status, tls);
    if (!answerMonitoring(request, response, { notReady, metrics })) answerNotFound(request, response);
  };
}

/** Of one that has not looked for the members yet. */
const NOTHING_YET: ProxyStatus = {
  isReady: false,
  endpoints: { known: 0, available: 0 },
  requests: { answered: 0, unanswered: 0, refused: 0, underWay: 0 },
  memberFailures: 0,
};

async function textOf(status: ProxyStatus, tls: Pick<ProcessTls, 'ends'>): Promise<string> {
  const files = { open: await countOpenFiles(), limit: descriptorLimit() };
  return proxyMetrics({ ...status, ...tls.ends(Date.now()), files });
}
