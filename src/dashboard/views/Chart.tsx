/** One chart over time. Its lines are drawn on a canvas; what they say now is text beside them, for everybody. */
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { timeRange, valueRange } from '../model/axes';
import type { Point, SeriesName } from '../model/readings';

export interface Line {
  readonly name: SeriesName;
  readonly label: string;
}

interface Props {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly points: readonly Point[];
  readonly text: (value: number) => string;
}

const HEIGHT = 150;

export function Chart({ title, lines, points, text }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | undefined>(undefined);
  const data = dataOf(lines, points);

  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const draw = () => {
      const shown = chart.current?.data ?? data;
      chart.current?.destroy();
      chart.current = new uPlot(optionsFor(element, lines, text), shown, element);
    };
    draw();
    const observer = new ResizeObserver(() => chart.current?.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    scheme.addEventListener('change', draw);
    return () => {
      observer.disconnect();
      scheme.removeEventListener('change', draw);
      chart.current?.destroy();
    };
  }, []);
  useEffect(() => chart.current?.setData(data), [points]);

  const last = points.at(-1);
  return (
    <figure class="chart">
      <figcaption>
        <h3>{title}</h3>
        {lines.map(({ name, label }, at) => {
          const value = last?.values[name];
          return (
            <span key={name} class={`series series-${at}`}>
              {label} <b>{value === null || value === undefined ? '–' : text(value)}</b>
            </span>
          );
        })}
      </figcaption>
      <div ref={box} class="plot" aria-hidden="true" />
    </figure>
  );
}

function dataOf(lines: readonly Line[], points: readonly Point[]): uPlot.AlignedData {
  return [
    points.map(({ atSeconds }) => atSeconds),
    ...lines.map(({ name }) => points.map(({ values }) => values[name])),
  ];
}

function optionsFor(element: HTMLElement, lines: readonly Line[], text: (value: number) => string): uPlot.Options {
  const styles = getComputedStyle(element);
  const colour = (name: string) => styles.getPropertyValue(name);
  const axis = { stroke: styles.color, grid: { stroke: colour('--grid'), width: 1 }, ticks: { show: false } };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    series: [{}, ...lines.map((_, at) => ({ stroke: colour(`--series-${at}`), width: 2, points: { show: false } }))],
    axes: [
      { ...axis, space: 70 },
      { ...axis, size: 72, values: (plot, ticks) => ticks.map(hasValues(plot) ? text : () => '') },
    ],
    scales: {
      x: { range: (_, low, high) => timeRange(low, high) },
      y: { range: (_, low, high) => valueRange(low, high) },
    },
  };
}

/** A scale for nothing would say numbers that nobody measured. */
function hasValues({ data }: uPlot): boolean {
  return data.slice(1).some((line) => [...line].some((value) => typeof value === 'number'));
}
