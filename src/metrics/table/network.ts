/** The links to the other members, and the clients' connections, under etcd's names. */
import { ROUND_TRIP, STATE_TRANSFER } from '../buckets';
import type { PeerReadings, Readings } from '../readings';
import type { Transfers } from '../recorders';
import { counter, labelled, labelledHistogram, type Row } from '../row';

const LINKS = 'the links to the other members';
const STATES = 'the links that carry whole states';

type PerPeer = readonly (readonly [labels: readonly string[], value: number])[];

function perPeer(value: (peer: PeerReadings) => number): (readings: Readings) => PerPeer {
  return ({ peers }) => peers.map((peer) => [[peer.id], value(peer)]);
}

function perPair(value: (peer: PeerReadings) => number): (readings: Readings) => PerPeer {
  return ({ id, peers }) => peers.map((peer) => [[id, peer.id], value(peer)]);
}

function sent(value: (count: Transfers) => number): (readings: Readings) => PerPeer {
  return ({ recorded }) => [...recorded.sent.counts].map(([id, count]) => [[id], value(count)]);
}

function received(value: (count: Transfers) => number): (readings: Readings) => PerPeer {
  return ({ recorded }) => [...recorded.received.counts].map(([id, count]) => [[id], value(count)]);
}

const TO = ['To'] as const;
const FROM = ['From'] as const;
const PAIR = ['Local', 'Remote'] as const;

export const networkRows: readonly Row[] = [
  labelled(
    'counter',
    'etcd_network_peer_sent_bytes_total',
    TO,
    ['Bytes sent to a member', LINKS],
    perPeer((p) => p.sentBytes),
  ),
  labelled(
    'counter',
    'etcd_network_peer_received_bytes_total',
    FROM,
    ['Bytes received from a member', LINKS],
    perPeer((p) => p.receivedBytes),
  ),
  labelled(
    'counter',
    'etcd_network_peer_sent_failures_total',
    TO,
    ['Messages to a member that were dropped before they left', LINKS],
    perPeer((p) => p.sentFailures),
  ),
  labelled(
    'counter',
    'etcd_network_peer_received_failures_total',
    FROM,
    ['How often the stream from a member broke', LINKS],
    perPeer((p) => p.receivedFailures),
  ),
  labelledHistogram(
    'etcd_network_peer_round_trip_time_seconds',
    TO,
    ['How long a probe took to a member and back', 'the probes of the links'],
    ROUND_TRIP,
    ({ recorded }) => recorded.probes.entries().map(([id, part]) => ({ labels: [id], parts: [part] })),
  ),
  labelled(
    'gauge',
    'etcd_network_active_peers',
    PAIR,
    ['Whether the stream to a member is up, 1 or 0', LINKS],
    perPair((p) => (p.connected ? 1 : 0)),
  ),
  labelled(
    'counter',
    'etcd_network_disconnected_peers_total',
    PAIR,
    ['How often the stream to a member went down', LINKS],
    perPair((p) => p.disconnects),
  ),
  labelled(
    'gauge',
    'etcd_network_known_peers',
    PAIR,
    ['The other members, 1 each', LINKS],
    perPair(() => 1),
  ),
  labelled(
    'gauge',
    'etcd_network_snapshot_send_inflights_total',
    TO,
    ['States on their way to a member', STATES],
    sent((count) => count.underWay),
  ),
  labelled(
    'counter',
    'etcd_network_snapshot_send_success',
    TO,
    ['States that a member took', STATES],
    sent((count) => count.succeeded),
  ),
  labelled(
    'counter',
    'etcd_network_snapshot_send_failures',
    TO,
    ['States that did not get to a member', STATES],
    sent((count) => count.failed),
  ),
  labelledHistogram(
    'etcd_network_snapshot_send_total_duration_seconds',
    TO,
    ['How long it took until a member had a state', STATES],
    STATE_TRANSFER,
    ({ recorded }) => recorded.sent.durations.entries().map(([id, part]) => ({ labels: [id], parts: [part] })),
  ),
  labelled(
    'gauge',
    'etcd_network_snapshot_receive_inflights_total',
    FROM,
    ['States that come in from a member', STATES],
    received((count) => count.underWay),
  ),
  labelled(
    'counter',
    'etcd_network_snapshot_receive_success',
    FROM,
    ['States of a member that were taken over', STATES],
    received((count) => count.succeeded),
  ),
  labelled(
    'counter',
    'etcd_network_snapshot_receive_failures',
    FROM,
    ['States of a member that were not taken over', STATES],
    received((count) => count.failed),
  ),
  labelledHistogram(
    'etcd_network_snapshot_receive_total_duration_seconds',
    FROM,
    ['How long it took to take over the state of a member', STATES],
    STATE_TRANSFER,
    ({ recorded }) => recorded.received.durations.entries().map(([id, part]) => ({ labels: [id], parts: [part] })),
  ),
  counter(
    'etcd_network_client_grpc_received_bytes_total',
    ['Bytes received on the client ports, whatever the protocol', 'the sockets of the client ports'],
    ({ clients }) => clients.receivedBytes,
  ),
  counter(
    'etcd_network_client_grpc_sent_bytes_total',
    ['Bytes sent on the client ports, whatever the protocol', 'the sockets of the client ports'],
    ({ clients }) => clients.sentBytes,
  ),
];
