// RFC 4180, with what spreadsheets make of it: a byte order mark for the encoding, and no cell that is run as a formula.

const BYTE_ORDER_MARK = '\uFEFF';
/** What starts a formula in Excel, LibreOffice or Google Sheets. */
const FORMULA = /^[=+\-@\t\r]/;

function cell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const harmless = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

export function toCsv(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return BYTE_ORDER_MARK + [header, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

/** A part of 1, without the digits that arithmetic leaves. */
export const shareInFile = (share: number): number => Math.round(share * 10_000) / 10_000;

/** Hands a file to the person; nothing leaves the browser. */
export function download(name: string, content: string, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
