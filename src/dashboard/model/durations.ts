/** How long something still takes, as people read it. */

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
] as const;

/** The two largest units: `2d 3h`, `5m 9s`, `7s`. */
export function remainingText(endsAtMs: number, nowMs: number): string {
  let seconds = Math.max(0, Math.ceil((endsAtMs - nowMs) / 1000));
  const parts: string[] = [];
  for (const [name, length] of UNITS) {
    if (seconds < length && parts.length === 0) continue;
    parts.push(`${Math.floor(seconds / length)}${name}`);
    seconds %= length;
  }
  parts.push(`${seconds}s`);
  return parts.slice(0, 2).join(' ');
}

const SIZES = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

export function bytesText(bytes: number): string {
  let [size, unit] = [bytes, 0];
  while (size >= 1024 && unit < SIZES.length - 1) [size, unit] = [size / 1024, unit + 1];
  return `${size >= 100 || unit === 0 ? size.toFixed(0) : size.toFixed(1)} ${SIZES[unit] ?? ''}`;
}

export function millisecondsText(seconds: number): string {
  const ms = seconds * 1000;
  return ms >= 1000 ? `${seconds.toFixed(1)} s` : `${ms >= 10 ? ms.toFixed(0) : ms.toFixed(1)} ms`;
}

export function countText(count: number): string {
  return count >= 100 || Number.isInteger(count) ? Math.round(count).toLocaleString('en') : count.toFixed(1);
}
