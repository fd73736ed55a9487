// A list of any length: only the rows in sight are in the document, and the page itself scrolls. Built of ARIA roles
// (WAI-ARIA 1.2, role table), because rows that are placed one by one cannot stay inside a real <table>.
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useLanguage } from '../language/use-language.ts';
import { useIsNarrow } from './use-media.ts';

export interface Column<Row> {
  readonly id: string;
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  /** For the CSV file, and for an order by it. */
  readonly text: (row: Row) => string | number;
  /** A track of CSS grid. */
  readonly width: string;
  /** Kept on a telephone; there is room for three. */
  readonly isMain?: boolean;
  readonly isNumber?: boolean;
  readonly compare?: 'text' | ((a: Row, b: Row) => number);
}

export interface Sorting {
  /** `score.desc` */
  readonly by: string;
  readonly change: (by: string) => void;
}

interface DataTableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly sorting?: Sorting;
  readonly selectedKey?: string | undefined;
}

const ROW_PIXELS = 36;
const NARROW_ROW_PIXELS = 48;

/** By code units: what is compared are words of the vocabulary, addresses and times as ISO 8601. */
export const compareText = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0);

/** Rows in the order that the address names; the order given when it names none. */
export function sorted<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  by: string,
): readonly Row[] {
  const [id, direction] = by.split('.');
  const column = columns.find((one) => one.id === id);
  if (!column?.compare) return rows;
  const { text } = column;
  const compare =
    column.compare === 'text' ? (a: Row, b: Row) => compareText(text(a), text(b)) : column.compare;
  return rows.toSorted(direction === 'desc' ? (a, b) => compare(b, a) : compare);
}

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, columns, rows, keyOf, sorting, selectedKey } = props;
  const isNarrow = useIsNarrow();
  const shown = isNarrow ? columns.filter(({ isMain }) => isMain) : columns;
  const body = useRef<HTMLDivElement>(null);
  const [offset, setOffset] = useState(0);
  const rowPixels = isNarrow ? NARROW_ROW_PIXELS : ROW_PIXELS;
  useLayoutEffect(() => {
    const place = () => {
      setOffset((body.current?.getBoundingClientRect().top ?? 0) + window.scrollY);
    };
    place();
    const observer = new ResizeObserver(place);
    observer.observe(document.body);
    return () => {
      observer.disconnect();
    };
  }, []);
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => rowPixels,
    overscan: 12,
    scrollMargin: offset,
    scrollPaddingStart: 96,
    scrollPaddingEnd: 24,
  });
  useLayoutEffect(() => {
    virtualizer.measure();
  }, [virtualizer, rowPixels]);

  const tracks = shown
    .map(({ width }, i) => (isNarrow ? `minmax(0, ${i === 0 ? '2' : '1'}fr)` : width))
    .join(' ');
  const items = virtualizer.getVirtualItems();
  return (
    <div role="table" className="table" aria-label={label} aria-rowcount={rows.length + 1}>
      <div role="rowgroup" className="table-head">
        <div role="row" className="row" aria-rowindex={1} style={{ gridTemplateColumns: tracks }}>
          {shown.map((column) => (
            <ColumnHeader key={column.id} column={column} sorting={sorting} />
          ))}
        </div>
      </div>
      <div
        role="rowgroup"
        ref={body}
        className="table-body"
        style={{ height: virtualizer.getTotalSize() }}
        onKeyDown={(event) => {
          moveByKey(event, rows.length, (index) => {
            virtualizer.scrollToIndex(index);
          });
        }}
      >
        {items.map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            <div
              key={keyOf(row)}
              role="row"
              aria-rowindex={index + 2}
              data-index={index}
              data-selected={keyOf(row) === selectedKey || undefined}
              className="row"
              style={{
                gridTemplateColumns: tracks,
                height: rowPixels,
                transform: `translateY(${String(start - offset)}px)`,
              }}
            >
              {shown.map((column) => (
                <div key={column.id} role="cell" className={column.isNumber ? 'cell number' : 'cell'}>
                  {column.cell(row)}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function ColumnHeader<Row>({ column, sorting }: { column: Column<Row>; sorting: Sorting | undefined }) {
  const { t } = useLanguage();
  const className = column.isNumber ? 'cell number' : 'cell';
  if (!sorting || !column.compare) {
    return (
      <div role="columnheader" className={className}>
        {column.header}
      </div>
    );
  }
  const [by, direction] = sorting.by.split('.');
  const order = by !== column.id ? 'none' : direction === 'desc' ? 'descending' : 'ascending';
  const next = order === 'descending' ? 'asc' : 'desc';
  return (
    <div role="columnheader" aria-sort={order} className={className}>
      <button
        type="button"
        className="sort"
        title={t('table.sort')}
        onClick={() => {
          sorting.change(`${column.id}.${next}`);
        }}
      >
        {column.header}
        <span aria-hidden="true" className="sort-mark">
          {order === 'none' ? '' : order === 'descending' ? '↓' : '↑'}
        </span>
      </button>
    </div>
  );
}

const STEP: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 20, PageUp: -20 };

/** Arrows go from a row's first control to the next row's; the rows out of sight are drawn first. */
function moveByKey(event: KeyboardEvent<HTMLDivElement>, count: number, show: (index: number) => void): void {
  const target = event.target as HTMLElement;
  if (target.closest('input, select, textarea')) return;
  const row = target.closest<HTMLElement>('[data-index]');
  if (!row) return;
  const from = Number(row.dataset['index']);
  const step = STEP[event.key];
  const wanted =
    event.key === 'Home' ? 0 : event.key === 'End' ? count - 1 : step === undefined ? undefined : from + step;
  if (wanted === undefined) return;
  event.preventDefault();
  const to = Math.max(0, Math.min(count - 1, wanted));
  show(to);
  const body = event.currentTarget;
  const focus = (attempts: number): void => {
    const control = body.querySelector<HTMLElement>(`[data-index="${String(to)}"] :is(a, button)`);
    if (control) control.focus({ preventScroll: true });
    else if (attempts > 0)
      requestAnimationFrame(() => {
        focus(attempts - 1);
      });
  };
  // A few frames until the virtualiser has drawn the row.
  focus(10);
}
