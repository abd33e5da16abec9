import type { PeerReport } from '../../src/member/types';

/** Of links that there are none of. */
export const QUIET_REPORT: PeerReport = {
  traffic: {
    recvAppendRequestCnt: 0,
    sendAppendRequestCnt: 0,
    recvPkgRate: 0,
    recvBandwidthRate: 0,
    sendPkgRate: 0,
    sendBandwidthRate: 0,
  },
  followers: [],
  peers: [],
};
