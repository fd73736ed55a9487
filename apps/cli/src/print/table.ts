import Table from 'cli-table3';
import { stripVTControlCharacters } from 'node:util';
import { onOneLine } from './one-line.js';

export interface Column {
  readonly title: string;
  /** Numbers are right aligned. */
  readonly isNumber?: boolean;
}

const NO_LINES = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'],
  ].map((name) => [name, '']),
);

/** Aligned columns, two blanks apart, one line a row, no blanks at the line ends. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const style = { head: [], border: [], 'padding-left': 0, 'padding-right': 0 };
  const table = new Table({
    head: columns.map((column) => column.title),
    colAligns: columns.map((column) => (column.isNumber ? 'right' : 'left')),
    chars: { ...NO_LINES, middle: '  ' },
    style,
  });
  table.push(...rows.map((row) => row.map(onOneLine)));
  return `${trimEnds(table.toString())}\n`;
}

/** `name  value` lines. */
export function formatPairs(pairs: readonly (readonly [string, string])[]): string {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${name.padEnd(width)}  ${onOneLine(value)}`.trimEnd() + '\n').join('');
}

const trimEnds = (text: string) =>
  text
    .split('\n')
    .map((line) => (stripVTControlCharacters(line) === line ? line.trimEnd() : line))
    .join('\n');
