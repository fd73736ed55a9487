/** A name of ASCII labels in wire form without root. */
export function wireOfName(name: string): Uint8Array {
  const bytes = new Uint8Array(name.length + 1);
  let at = 0;
  for (const label of name.split('.')) {
    bytes[at++] = label.length;
    for (let i = 0; i < label.length; i++) bytes[at++] = label.charCodeAt(i);
  }
  return bytes;
}
