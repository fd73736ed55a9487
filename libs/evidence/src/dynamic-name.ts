// Host names of dial-up, DSL, cable and other consumer ranges: they hold the address and say what kind of line it is.

const LINE =
  /(?:^|[.\d_-])(?:a?dsl|vdsl|dyn(?:amic)?(?:ip)?|dial(?:up|in)?|ppp(?:oe|oa)?|dhcp|pool|cable|catv|broadband|bband|ftth|fttx|gpon|wimax|lte|mobile|client|cust(?:omer)?|home|res(?:idential)?|user|host|ip|ipn|p|flets?)(?=$|[.\d_-])/;
const FIXED =
  /(?:^|[.\d_-])(?:static|fixed|stat|mail|mx\d*|smtp\d*|relay|mta\d*|out(?:bound)?|server)(?=$|[.\d_-])/;

/** False for a name that says of itself that it is fixed or a mail server's. */
export function hasDynamicName(name: string | undefined, ip: string): boolean {
  if (name === undefined || !name.includes('.') || name.length > 253) return false;
  const lower = name.toLowerCase();
  const host = lower.split('.').slice(0, -2).join('.');
  if (host === '' || FIXED.test(host) || !LINE.test(host)) return false;
  return holdsAddress(host, ip);
}

function holdsAddress(host: string, ip: string): boolean {
  const octets = ip.split('.');
  if (octets.length !== 4) return false;
  const numbers: readonly number[] = (host.match(/\d+/g) ?? []).map(Number);
  const wanted = octets.map(Number);
  const hex = wanted.map((octet) => octet.toString(16).padStart(2, '0')).join('');
  const padded = octets.map((octet) => octet.padStart(3, '0')).join('');
  if (host.includes(hex) || host.includes(padded)) return true;
  const follows = (sequence: readonly number[]) =>
    numbers.some((_, at) => sequence.every((one, i) => numbers[at + i] === one));
  const backwards = wanted.toReversed();
  // Three octets in a row are no coincidence; providers leave out the first, which is the same for all.
  return [wanted.slice(0, 3), wanted.slice(1), backwards.slice(0, 3), backwards.slice(1)].some(follows);
}
