import { useMemo, type ReactNode } from 'react';
import { useLanguage } from '../language/use-language.ts';
import { download, toCsv } from './csv.ts';
import { DataTable, sorted, type Column } from './data-table.tsx';
import { Empty, Fault, Loading } from './notes.tsx';

interface ListProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly sort: string;
  readonly onSort: (sort: string) => void;
  /** The controls that narrow the list. */
  readonly filters?: ReactNode;
  readonly isLoading: boolean;
  readonly error?: string | undefined;
  /** What an empty list means here, and what to do. */
  readonly empty: ReactNode;
  /** Rows before filtering: an empty result of a filter is something else than an empty list. */
  readonly total: number;
  /** The file's name, without ending. */
  readonly csvName: string;
  readonly note?: ReactNode;
  readonly selectedKey?: string | undefined;
}

/** What every list has: filters, a count, CSV of what is shown, and the table. */
export function List<Row>(props: ListProps<Row>) {
  const { label, columns, keyOf, filters, isLoading, error, empty, total, csvName, note, selectedKey } =
    props;
  const { t, format } = useLanguage();
  const rows = useMemo(() => sorted(props.rows, columns, props.sort), [props.rows, columns, props.sort]);
  const save = () => {
    const table = rows.map((row) => columns.map(({ text }) => text(row)));
    const header = columns.map((column) => column.header);
    download(`${csvName}.csv`, toCsv(header, table), 'text/csv;charset=utf-8');
  };
  return (
    <section aria-label={label} aria-busy={isLoading}>
      <div className="toolbar">
        {filters}
        <div className="toolbar-end">
          <span className="muted count" role="status">
            {rows.length === total
              ? t('list.count', { count: format.number(total) })
              : t('list.countOf', { count: format.number(rows.length), total: format.number(total) })}
          </span>
          <button type="button" onClick={save} disabled={rows.length === 0}>
            {t('list.csv')}
          </button>
        </div>
      </div>
      {note}
      {error !== undefined && <Fault code={error} />}
      {rows.length > 0 ? (
        <DataTable
          {...{ label, columns, rows, keyOf, selectedKey }}
          sorting={{ by: props.sort, change: props.onSort }}
        />
      ) : isLoading ? (
        <Loading />
      ) : error === undefined ? (
        <Empty>{total > 0 ? t('list.nothingMatches') : empty}</Empty>
      ) : null}
    </section>
  );
}
