/** The value of an input of type datetime-local, which is in the device's own time zone. */
export const toMoment = (text: string): string => new Date(text).toISOString();

/** A moment as an input of type datetime-local takes it, to the minute. */
export function toLocal(moment: Date): string {
  const local = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}
