/** From where to where the axes of a chart go. uPlot gives null, or the same number twice, where it knows too little. */

/** Seconds. One reading alone would be drawn in the middle of years. */
const SPAN_MIN = 60;

export function timeRange(low: number | null, high: number | null): [number, number] {
  const end = high ?? Date.now() / 1000;
  return [Math.min(low ?? end, end - SPAN_MIN), end];
}

/** Of what is never below zero; nothing, and nothing but zeros, are drawn below 1. */
export function valueRange(low: number | null, high: number | null): [number, number] {
  return [Math.min(0, low ?? 0), high === null || high <= 0 ? 1 : high * 1.1];
}
