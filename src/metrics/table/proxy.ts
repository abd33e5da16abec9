/** What a proxy shows of itself on its metrics port; on its client port `/metrics` is that of a member. */
import type { ProxyStatus } from '../../proxy/proxy';
import type { Readings } from '../readings';
import { counter, gauge, labelled, type NumberRow } from '../row';
import { certificateRows, type CertificateReadings } from './certificates';
import { fileRows } from './files';

/** What is looked up when somebody scrapes a proxy. */
export type ProxyReadings = ProxyStatus & CertificateReadings & Pick<Readings, 'files'>;

export const proxyRows: readonly NumberRow<ProxyReadings>[] = [
  gauge(
    'cairn_proxy_ready',
    [
      'Whether a request of a client would be passed on to a member that answers, as far as is known, 1 or 0',
      'the proxy',
    ],
    ({ isReady }) => (isReady ? 1 : 0),
  ),
  labelled(
    'gauge',
    'cairn_proxy_endpoints',
    ['state'],
    ['Client URLs of members that are known, by whether one failed within --proxy-failure-wait', 'the proxy'],
    ({ endpoints: { known, available } }) => [
      [['available'], available],
      [['failed'], known - available],
    ],
  ),
  counter(
    'cairn_proxy_member_failures_total',
    ['How often a member was asked and did not answer; another one may have', 'the proxy'],
    ({ memberFailures }) => memberFailures,
  ),
  labelled(
    'counter',
    'cairn_proxy_requests_total',
    ['outcome'],
    [
      'Requests of clients: a member answered (answered), none did and the client got 502 (unanswered), the proxy did not pass it on (refused); whose client left before is none of them',
      'the proxy',
    ],
    ({ requests: { answered, unanswered, refused } }) => [
      [['answered'], answered],
      [['unanswered'], unanswered],
      [['refused'], refused],
    ],
  ),
  gauge(
    'cairn_proxy_requests_under_way',
    ['Requests that are being passed on, watches included', 'the proxy'],
    ({ requests }) => requests.underWay,
  ),
  ...certificateRows,
  ...fileRows,
];
