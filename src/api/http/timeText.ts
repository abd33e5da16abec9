/** Times and durations in the spelling of Go's time package. */

/** RFC 3339 in UTC with trailing zeros of the fraction cut: `2026-01-02T03:04:05.6Z`. */
export function timestampText(timeMs: number): string {
  const text = new Date(timeMs).toISOString();
  const fraction = text.slice(-4, -1);
  if (fraction === '000') return `${text.slice(0, -5)}Z`;
  let end = 3;
  while (fraction[end - 1] === '0') end -= 1;
  return `${text.slice(0, -4)}${fraction.slice(0, end)}Z`;
}

/** A duration as Go prints it: `0s`, `750ms`, `2.5s`, `1h0m3.25s`. Precise to the millisecond. */
export function durationText(durationMs: number): string {
  const whole = Math.max(0, Math.round(durationMs));
  if (whole === 0) return '0s';
  if (whole < 1000) return `${whole}ms`;
  const seconds = `${(whole % 60_000) / 1000}s`;
  const minutes = Math.floor(whole / 60_000);
  if (minutes === 0) return seconds;
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes}m${seconds}` : `${hours}h${minutes % 60}m${seconds}`;
}
