/** `2026-11-20 10:10 GMT+9`, in the reader's own time zone; `-` when there is none. */
export function formatLocalTime(time: string | Date | null | undefined, timeZone?: string): string {
  const date = typeof time === 'string' ? new Date(time) : time;
  if (!date || Number.isNaN(date.getTime())) return '-';
  // Swedish writes dates as ISO 8601 does.
  return new Intl.DateTimeFormat('sv-SE', {
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
    timeZoneName: 'shortOffset',
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(date);
}
