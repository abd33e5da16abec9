/** A duration of 0 or more as Go prints it, precise to the microsecond: `2.00405s`, `7h59m58.924003s`, `750ms`. */
export function durationText(durationMs: number): string {
  const micros = Math.round(durationMs * 1000);
  if (micros < 1_000_000) return `${micros / 1000}ms`;
  const seconds = `${(micros % 60_000_000) / 1_000_000}s`;
  const minutes = Math.floor(micros / 60_000_000);
  if (minutes === 0) return seconds;
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes}m${seconds}` : `${hours}h${minutes % 60}m${seconds}`;
}
