/** `/metrics`, for Prometheus. */
import type { Context } from 'koa';
import { writeText } from '../http/answers';
import type { MetricsSource } from '../options';

export async function serveMetrics(context: Context, source: MetricsSource): Promise<void> {
  const text = await source.metrics();
  writeText(context.res, 200, source.contentType, Buffer.from(text, 'utf8').latin1Slice());
}
