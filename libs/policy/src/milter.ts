// The mail filter protocol of Sendmail and Postfix (MILTER_README), version 6, as much of it as a filter needs that looks at whole messages
// and accepts or refuses them: u32 length, a command letter, data.

export interface MilterPacket {
  readonly command: string;
  readonly data: Uint8Array;
}

/** Not the protocol: close the connection, and the mail server does what milter_default_action says. */
export class MilterMalformed extends Error {
  override readonly name = 'MilterMalformed';
  readonly code = 'milter-malformed';
  readonly kind = 'Rejected';
}

/** Body chunks have 65,535 octets, macros and headers far less. */
const MAX_PACKET_BYTES = 1_048_576;
const VERSION = 6;
/** Steps that are not needed (connection, HELO, recipients, DATA, unknown commands), and those that need no answer. */
const NO_STEPS = 0x1 | 0x2 | 0x8 | 0x100 | 0x200;
const NO_REPLIES = 0x80 | 0x4000 | 0x4_0000 | 0x8_0000;

/** Takes a connection's bytes in any pieces. */
export class MilterReader {
  private rest: Uint8Array = new Uint8Array(0);

  /** @throws {MilterMalformed} */
  *push(chunk: Uint8Array): Generator<MilterPacket, void, undefined> {
    const bytes = new Uint8Array(this.rest.length + chunk.length);
    bytes.set(this.rest);
    bytes.set(chunk, this.rest.length);
    const view = new DataView(bytes.buffer);
    let at = 0;
    while (bytes.length - at >= 5) {
      const length = view.getUint32(at);
      if (length === 0 || length > MAX_PACKET_BYTES) throw new MilterMalformed(`a packet of ${length} bytes`);
      const end = at + 4 + length;
      if (bytes.length < end) break;
      yield { command: String.fromCharCode(bytes[at + 4] ?? 0), data: bytes.slice(at + 5, end) };
      at = end;
    }
    this.rest = bytes.slice(at);
  }
}

export function milterPacket(command: string, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const packet = new Uint8Array(5 + data.length);
  new DataView(packet.buffer).setUint32(0, 1 + data.length);
  packet[4] = command.charCodeAt(0);
  packet.set(data, 5);
  return packet;
}

export interface Negotiated {
  readonly reply: Uint8Array;
  /** Whether the server waits for an answer to a command. */
  readonly awaits: (command: string) => boolean;
}

/** The answer to `O`: what the server offers and this filter wants. @throws {MilterMalformed} */
export function negotiate(offer: Uint8Array): Negotiated {
  if (offer.length < 12) throw new MilterMalformed('an option negotiation that is too short');
  const view = new DataView(offer.buffer, offer.byteOffset);
  const wanted = view.getUint32(8) & (NO_STEPS | NO_REPLIES);
  const reply = new Uint8Array(12);
  const out = new DataView(reply.buffer);
  out.setUint32(0, Math.min(VERSION, view.getUint32(0)));
  out.setUint32(8, wanted);
  const silent: Readonly<Record<string, number>> = { L: 0x80, M: 0x4000, N: 0x4_0000, B: 0x8_0000 };
  return {
    reply: milterPacket('O', reply),
    awaits: (command) => !['D', 'A', 'Q', 'K'].includes(command) && (wanted & (silent[command] ?? 0)) === 0,
  };
}

/** Strings that end in NUL, as header names, values and macros are sent; each character is one octet. */
export function milterStrings(data: Uint8Array): string[] {
  const strings: string[] = [];
  let start = 0;
  for (let end = data.indexOf(0); end >= 0; end = data.indexOf(0, start)) {
    strings.push(octets(data.subarray(start, end)));
    start = end + 1;
  }
  return strings;
}

/** Arguments of one call. */
const PIECE = 8_192;

/** Not TextDecoder's latin1, which is windows-1252 and has other characters for 0x80 to 0x9f. */
function octets(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += PIECE)
    text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return text;
}
