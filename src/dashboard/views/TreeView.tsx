/** The tree: only the rows in sight are elements, so ten thousand children cost as much as forty. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { KeyBrowser } from '../io/keyBrowser';
import { remainingText } from '../model/durations';
import { inSight, moveOf, rowsOf, type Row } from '../model/rows';
import { useNowMs } from './useChanges';

interface Props {
  readonly browser: KeyBrowser;
  readonly prefix: string;
}

export function TreeView({ browser, prefix }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [{ top, height }, setView] = useState({ top: 0, height: 600 });
  const [cursor, setCursor] = useState<string | undefined>(undefined);
  const rowHeight = useRowHeight();
  const rows = rowsOf(browser.tree, browser.roots, browser.open, prefix);
  const at = rows.findIndex(({ key }) => key === cursor);
  const { from, to } = inSight(top, height, rowHeight, rows.length);

  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const measure = () => setView({ top: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener('scroll', measure, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', measure);
    };
  }, []);

  const goTo = (row: number) => {
    setCursor(rows[row]?.key);
    const element = box.current;
    if (element === null) return;
    const [start, end] = [row * rowHeight, (row + 1) * rowHeight];
    if (start < element.scrollTop) element.scrollTop = start;
    else if (end > element.scrollTop + element.clientHeight) element.scrollTop = end - element.clientHeight;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = moveOf(event.key, rows, at, Math.max(1, Math.floor(height / rowHeight) - 1));
    if (move === undefined) return;
    event.preventDefault();
    const key = rows[move.row]?.key;
    if (key === undefined) return;
    switch (move.kind) {
      case 'to':
        goTo(move.row);
        return;
      case 'open':
        browser.setOpen(key, true);
        return;
      case 'close':
        browser.setOpen(key, false);
        return;
      case 'select':
        browser.select(key);
        return;
    }
  };

  const shown = rows.slice(from, to);
  const active = shown.some(({ key }) => key === cursor) ? `row-${at}` : undefined;
  return (
    <div
      class="tree"
      role="tree"
      aria-label="Keys"
      tabIndex={0}
      ref={box}
      onKeyDown={onKeyDown}
      onFocus={() => {
        if (at < 0) setCursor(rows[0]?.key);
      }}
      aria-activedescendant={active}
    >
      <div class="rows" role="presentation" style={{ height: `${rows.length * rowHeight}px` }}>
        {shown.map((row, offset) => (
          <TreeRow
            key={row.key}
            id={`row-${from + offset}`}
            row={row}
            top={(from + offset) * rowHeight}
            browser={browser}
            isCursor={row.key === cursor}
            onPick={() => setCursor(row.key)}
          />
        ))}
      </div>
    </div>
  );
}

interface RowProps {
  readonly id: string;
  readonly row: Row;
  readonly top: number;
  readonly browser: KeyBrowser;
  readonly isCursor: boolean;
  readonly onPick: () => void;
}

function TreeRow({ id, row, top, browser, isCursor, onPick }: RowProps) {
  const { key, label, level, position, siblings, isDirectory, isOpen } = row;
  const nowMs = useNowMs();
  const node = browser.tree.node(key);
  const isSelected = browser.selected === key;
  const states = [isCursor && 'cursor', isSelected && 'selected', browser.recent.has(key) && 'changed'];
  return (
    <div
      id={id}
      class={['row', ...states.filter(Boolean)].join(' ')}
      role="treeitem"
      aria-level={level}
      aria-posinset={position}
      aria-setsize={siblings}
      aria-expanded={isDirectory ? isOpen : undefined}
      aria-selected={isSelected}
      style={{ transform: `translateY(${top}px)`, paddingInlineStart: `${(level - 1) * 18 + 6}px` }}
      onClick={() => {
        onPick();
        if (isDirectory && (!isOpen || isSelected)) browser.setOpen(key, !isOpen);
        browser.select(key);
      }}
    >
      <span class="twist" aria-hidden="true">
        {isDirectory ? (isOpen ? '▾' : '▸') : ''}
      </span>
      <span class="name">{label}</span>
      {!isDirectory && <span class="preview">{node?.value.slice(0, 80)}</span>}
      {node?.endsAtMs !== undefined && <span class="ttl">{remainingText(node.endsAtMs, nowMs)}</span>}
    </div>
  );
}

/** Larger where fingers are used: the styles say so. Pixels. */
function useRowHeight(): number {
  const read = () => Number.parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--row')) || 28;
  const [height, setHeight] = useState(read);
  useEffect(() => {
    const query = matchMedia('(pointer: coarse)');
    const change = () => setHeight(read());
    query.addEventListener('change', change);
    return () => query.removeEventListener('change', change);
  }, []);
  return height;
}
