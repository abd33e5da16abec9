/** Draws the panels of the dashboard as one SVG: what Grafana would show, without Grafana. */
import type { Panel } from './expressions';
import type { RangeResult } from './prometheusProcess';

export interface DrawnPanel {
  readonly panel: Panel;
  readonly series: readonly { readonly name: string; readonly result: RangeResult }[];
}

const COLUMNS = 4;
const PANEL = { width: 330, height: 190, gap: 10 } as const;
const PLOT = { left: 52, top: 30, right: 10, bottom: 34 } as const;
const COLOURS = ['#2f7ed8', '#d9822b', '#3a9d5d', '#8f5fbf', '#c23b4b', '#5b6770', '#b59b00', '#1aa3a3'] as const;
const LEGEND_MAX = 4;

export function drawDashboard(panels: readonly DrawnPanel[], title: string): string {
  const rows = Math.ceil(panels.length / COLUMNS);
  const width = COLUMNS * (PANEL.width + PANEL.gap) + PANEL.gap;
  const height = rows * (PANEL.height + PANEL.gap) + PANEL.gap + 30;
  const drawn = panels.map((panel, position) => {
    const x = PANEL.gap + (position % COLUMNS) * (PANEL.width + PANEL.gap);
    const y = 36 + Math.floor(position / COLUMNS) * (PANEL.height + PANEL.gap);
    return `<g transform="translate(${x},${y})">${drawPanel(panel)}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
      'font-family="sans-serif" font-size="10" fill="#333">',
    `<rect width="${width}" height="${height}" fill="#f4f5f7"/>`,
    `<text x="${PANEL.gap}" y="23" font-size="14" font-weight="bold">${escape(title)}</text>`,
    ...drawn,
    '</svg>',
    '',
  ].join('\n');
}

function drawPanel({ panel, series }: DrawnPanel): string {
  const frame =
    `<rect width="${PANEL.width}" height="${PANEL.height}" rx="3" fill="#fff" stroke="#dcdfe3"/>` +
    `<text x="10" y="19" font-size="12" font-weight="bold">${escape(panel.title)}</text>`;
  return frame + (panel.type === 'stat' ? drawNumber(panel, series) : drawLines(panel, series));
}

function drawNumber(panel: Panel, series: DrawnPanel['series']): string {
  const value = series[0]?.result.points.at(-1)?.[1] ?? NaN;
  return `<text x="${PANEL.width / 2}" y="115" font-size="44" text-anchor="middle" fill="#3a9d5d">${shown(value, panel.unit)}</text>`;
}

function drawLines(panel: Panel, series: DrawnPanel['series']): string {
  const points = series.flatMap(({ result }) => result.points).filter(([, value]) => Number.isFinite(value));
  const from = Math.min(...points.map(([at]) => at));
  const to = Math.max(...points.map(([at]) => at), from + 1);
  const top = roundUp(Math.max(...points.map(([, value]) => value), 0));
  const plotWidth = PANEL.width - PLOT.left - PLOT.right;
  const plotHeight = PANEL.height - PLOT.top - PLOT.bottom;
  const xOf = (at: number): number => Math.round(PLOT.left + ((at - from) / (to - from)) * plotWidth);
  const yOf = (value: number): string => (PLOT.top + (1 - value / top) * plotHeight).toFixed(1);
  const grid = [0, 0.5, 1].map((share) => {
    const y = yOf(share * top);
    const line = `<path d="M${PLOT.left} ${y}H${PANEL.width - PLOT.right}" stroke="#e8eaed"/>`;
    return `${line}<text x="${PLOT.left - 5}" y="${y}" dy="3" text-anchor="end">${shown(share * top, panel.unit)}</text>`;
  });
  const lines = series.map(({ result }, position) => {
    const path = result.points.map(([at, value], place) => {
      if (!Number.isFinite(value)) return '';
      const isStart = place === 0 || !Number.isFinite(result.points[place - 1]?.[1] ?? NaN);
      return `${isStart ? 'M' : 'L'}${xOf(at)} ${yOf(value)}`;
    });
    return `<path d="${path.join('')}" fill="none" stroke="${colour(position)}" stroke-width="1.3"/>`;
  });
  const seconds = `<text x="${PANEL.width - PLOT.right}" y="${PANEL.height - 20}" text-anchor="end">${Math.round(to - from)} s</text>`;
  return [...grid, ...lines, seconds, drawLegend(series)].join('');
}

function drawLegend(series: DrawnPanel['series']): string {
  const share = (PANEL.width - 20) / LEGEND_MAX;
  const names = series.slice(0, LEGEND_MAX).map(({ name }, position) => {
    const text = name.length > 13 ? `${name.slice(0, 12)}…` : name;
    const x = 10 + position * share;
    const y = PANEL.height - 8;
    return `<rect x="${x}" y="${y - 7}" width="7" height="7" fill="${colour(position)}"/><text x="${x + 10}" y="${y}">${escape(text)}</text>`;
  });
  const more = series.length - LEGEND_MAX;
  const rest = more > 0 ? `<text x="${PLOT.left}" y="${PANEL.height - 20}">and ${more} more</text>` : '';
  return names.join('') + rest;
}

function colour(position: number): string {
  return COLOURS[position % COLOURS.length] ?? COLOURS[0];
}

/** 1, 2 or 5 times a power of ten. */
function roundUp(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= value) ?? 10;
  return step * power;
}

/** A number with its unit, in three digits or so. */
function shown(value: number, unit: string): string {
  if (!Number.isFinite(value)) return '-';
  const plain = (number: number): string => String(Number(number.toPrecision(3)));
  const scaled = (number: number): string => {
    const [factor, letter] =
      number >= 1e9 ? [1e9, 'G'] : number >= 1e6 ? [1e6, 'M'] : number >= 1e3 ? [1e3, 'k'] : [1, ''];
    return `${plain(number / factor)} ${letter}`.trimEnd();
  };
  switch (unit) {
    case 's':
      return value < 1 ? `${plain(value * 1000)} ms` : `${plain(value)} s`;
    case 'bytes':
      return `${scaled(value)}B`.replace(/(\d)B$/, '$1 B');
    case 'Bps':
      return `${scaled(value)}B/s`.replace(/(\d)B/, '$1 B');
    case 'percentunit':
      return `${plain(value * 100)} %`;
    case 'ops':
    case 'reqps':
      return `${scaled(value)}/s`;
    default:
      return scaled(value);
  }
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
