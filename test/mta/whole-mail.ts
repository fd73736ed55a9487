// A message as a decent client writes it, so that a filter finds nothing in it but whom it comes from.
import { eventually } from '../conformance/edge-process.js';
import type { PostfixServer } from '../integration/postfix-server.js';
import { offerMail, type SmtpOutcome } from '../integration/smtp-delivery.js';

export interface WholeOutcome {
  readonly outcome: SmtpOutcome;
  /** Of the message as it was delivered; empty when it was refused. */
  readonly header: string;
}

let number = 0;

/** Offers it, and when it was accepted resolves when it is in the mailbox. */
export async function offerWhole(
  postfix: PostfixServer,
  address: string,
  body = 'Good day.',
): Promise<WholeOutcome> {
  number += 1;
  const id = `<${process.pid}.${number}@client.example>`;
  const date = new Date().toUTCString().replace('GMT', '+0000');
  const extraHeader = `To: <somebody@isp.example>\r\nDate: ${date}\r\nMessage-ID: ${id}\r\n`;
  const outcome = await offerMail(postfix.port, address, { extraHeader, body });
  if (outcome.code !== 250) return { outcome, header: '' };
  const find = async () => (await postfix.messages()).find((text) => text.includes(`Message-ID: ${id}`));
  await eventually(async () => (await find()) !== undefined);
  const message = (await find()) ?? '';
  return { outcome, header: message.slice(0, message.indexOf('\n\n')) };
}
