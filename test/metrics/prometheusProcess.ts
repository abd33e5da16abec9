import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from '../cluster/child';
import { call } from '../cluster/httpClient';
import { until } from '../cluster/waiting';
import { stablePort } from '../support/ports';

/** One line of an answer: labels and the latest value. */
export interface QueryResult {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface PrometheusOptions {
  /** `host:port` of each member. */
  readonly targets: readonly string[];
  /** Text of rule files. */
  readonly rules: readonly string[];
  readonly directory: string;
  readonly intervalMs: number;
}

export const JOB = 'cairn-etcd';

/** Why there is no Prometheus here; undefined if there is. */
export function whyNoPrometheus(): string | undefined {
  const found = spawnSync('prometheus', ['--version']).status === 0;
  return found ? undefined : 'prometheus is not installed (Debian: prometheus)';
}

/** A real Prometheus that scrapes a cluster. */
export class PrometheusProcess {
  private constructor(
    private readonly port: number,
    private readonly child: Child,
  ) {}

  static async start({ targets, rules, directory, intervalMs }: PrometheusOptions): Promise<PrometheusProcess> {
    mkdirSync(directory, { recursive: true });
    const files = rules.map((text, position) => {
      const file = join(directory, `rules${position}.yml`);
      writeFileSync(file, text);
      return file;
    });
    const configuration = {
      global: {
        scrape_interval: `${intervalMs}ms`,
        scrape_timeout: `${intervalMs}ms`,
        evaluation_interval: `${intervalMs}ms`,
      },
      rule_files: files,
      scrape_configs: [{ job_name: JOB, static_configs: [{ targets }] }],
    };
    const file = join(directory, 'prometheus.yml');
    // JSON is YAML.
    writeFileSync(file, JSON.stringify(configuration));
    const port = await stablePort();
    const flags = [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(directory, 'tsdb')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ];
    const child = new Child(['prometheus', ...flags], join(directory, 'prometheus.log'));
    const prometheus = new PrometheusProcess(port, child);
    await until('prometheus is ready', 60_000, async () => {
      if (!child.isRunning()) throw new Error(`it ended:\n${child.logs()}`);
      return (await call(port, { method: 'GET', target: '/-/ready' })).status === 200 || undefined;
    });
    return prometheus;
  }

  /** What an expression gives now; throws with Prometheus's words if it is none. */
  async query(expression: string): Promise<readonly QueryResult[]> {
    const data = await this.ask(`/api/v1/query?query=${encodeURIComponent(expression)}`);
    return data.result.map((row: { metric: Record<string, string>; value: [number, string] }) => ({
      metric: row.metric,
      value: Number(row.value[1]),
    }));
  }

  /** Values over the last `seconds`, some points; for pictures. */
  async range(expression: string, seconds: number, points: number): Promise<readonly RangeResult[]> {
    const end = Date.now() / 1000;
    const step = Math.max(1, seconds / points);
    const data = await this.ask(
      `/api/v1/query_range?query=${encodeURIComponent(expression)}&start=${end - seconds}&end=${end}&step=${step}`,
    );
    return data.result.map((row: { metric: Record<string, string>; values: [number, string][] }) => ({
      metric: row.metric,
      points: row.values.map(([at, value]) => [at, Number(value)] as const),
    }));
  }

  /** The names of the alerts that fire. */
  async firing(): Promise<ReadonlySet<string>> {
    const data = await this.ask('/api/v1/alerts');
    const alerts: { state: string; labels: Record<string, string> }[] = data.alerts;
    return new Set(alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels['alertname'] ?? ''));
  }

  async stop(): Promise<void> {
    await this.child.stop();
  }

  private async ask(target: string) {
    const answer = await call(this.port, { method: 'GET', target }, 20_000);
    const body = JSON.parse(answer.text);
    if (body.status !== 'success') throw new Error(body.error);
    return body.data;
  }
}

export interface RangeResult {
  readonly metric: Readonly<Record<string, string>>;
  readonly points: readonly (readonly [atSeconds: number, value: number])[];
}
