/** The metrics of one member: joins the table with the parts of the member that the numbers come from. */
import type { ApiServer } from '../api/server';
import { API_VERSION } from '../api/version';
import type { AuditLog } from './auditLog';
import { build } from './build';
import type { Configuration } from '../config/configuration';
import type { ConnectionPlaces } from '../api/connectionPlaces';
import { descriptorLimit } from '../limits/descriptors';
import { droppedLogLines } from './logging';
import type { LocalMember } from '../member/localMember';
import { Metrics, type LookUp } from '../metrics/metrics';
import { countOpenFiles } from '../metrics/processFiles';
import type { PeerLinks } from './peerLinks';
import type { ProcessTls } from './processTls';
import type { DataDirectory } from '../storage/dataDirectory';
import { measureDiskUsage, type DiskUsage } from '../platform/diskUsage';

/** What a disk that does not answer may delay a scrape; the last known size is shown then. */
const DISK_TIMEOUT_MS = 250;

export function createMetrics({ metrics, metricsLegacyNames }: Configuration): Metrics {
  return new Metrics({ detail: metrics, legacyNames: metricsLegacyNames, nowMs: () => performance.now() });
}

/** Tells the metrics where to look when somebody scrapes. */
export function connectMetrics(
  metrics: Metrics,
  { dataDir }: Configuration,
  member: LocalMember,
  links: PeerLinks,
  api: ApiServer,
  directory: DataDirectory,
  places: ConnectionPlaces,
  audit: AuditLog | undefined,
  tls: ProcessTls,
): void {
  const programVersion = build().version;
  const limit = descriptorLimit();
  const disk = new DiskGauge(dataDir);
  const lookUp: LookUp = async () => {
    const [usage, open] = await Promise.all([disk.read(), countOpenFiles()]);
    const { peers, followers } = links.status();
    const { raft, ready, stateMismatches, traffic, quota } = member.status();
    return {
      id: member.id,
      serverVersion: API_VERSION,
      programVersion,
      clusterVersion: member.clusterVersion(),
      ...{ raft, ready, stateMismatches, traffic, quota, peers, followers },
      store: member.storeStats(),
      report: member.report(),
      engine: directory.kv.statistics(),
      disk: usage,
      files: { open, limit },
      logLinesDropped: droppedLogLines(),
      isStandby: false,
      ...tls.ends(Date.now()),
      authEnabled: member.auth().enabled,
      auditLinesDropped: audit?.droppedLines() ?? 0,
      locks: api.locks(),
      clients: { ...api.clientTraffic(), ...places.report() },
    };
  };
  metrics.connect(lookUp);
}

/** Measures the data directory, once at a time. */
class DiskGauge {
  private last: DiskUsage | undefined;
  private running: Promise<void> | undefined;

  constructor(private readonly path: string) {}

  async read(): Promise<DiskUsage | undefined> {
    this.running ??= this.measure();
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, DISK_TIMEOUT_MS);
    });
    await Promise.race([this.running, timeout]);
    clearTimeout(timer);
    return this.last;
  }

  private async measure(): Promise<void> {
    try {
      this.last = await measureDiskUsage(this.path);
    } catch {
      // A directory that cannot be read ends the member by itself; until then the last size is as good as any.
    } finally {
      this.running = undefined;
    }
  }
}
