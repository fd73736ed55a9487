// TXT templates: `$` the entry asked for, `$$` a dollar, `$0`…`$9` variables, `$=` the base template; rbldnsd(8).
import { DOLLAR, EQUALS, isDigit } from './line.js';

/** Place of the base template among the variables. */
export const BASE_TEMPLATE = 10;
/** One character-string of a TXT record has 255 octets; rbldnsd uses 254. */
const MAX_TEXT = 254;

/** `$0` to `$9`, and `$=` last. */
export type Variables = readonly (Uint8Array | undefined)[];

/** The text of a TXT record, at most 254 octets; empty when the entry has none. */
export function renderTemplate(template: Uint8Array, variables: Variables, subject: Uint8Array): Uint8Array {
  const base = variables[BASE_TEMPLATE];
  let own = template;
  let text = template;
  if (template[0] === EQUALS) own = text = template.subarray(1);
  else if (base) {
    own = template.length > 0 ? template : subject;
    text = base;
  }
  const rendered = new Uint8Array(MAX_TEXT);
  let length = 0;
  const append = (part: Uint8Array): void => {
    const fitting = part.subarray(0, MAX_TEXT - length);
    rendered.set(fitting, length);
    length += fitting.length;
  };
  for (let at = 0; at < text.length;) {
    const found = text.indexOf(DOLLAR, at);
    const dollar = found < 0 ? text.length : found;
    append(text.subarray(at, dollar));
    if (dollar === text.length) break;
    const sign = text[dollar + 1] ?? 0;
    at = dollar + 2;
    if (sign === DOLLAR) append(text.subarray(dollar, dollar + 1));
    else if (isDigit(sign)) append(variables[sign - 0x30] ?? text.subarray(dollar, at));
    else if (sign === EQUALS) append(own);
    else {
      append(subject);
      at = dollar + 1;
    }
  }
  return rendered.subarray(0, length);
}
