// Mail from the hub to people. The envelope's sender is empty (RFC 5321 section 4.5.5), so that nothing that cannot be
// delivered comes back as a bounce, and no two robots answer one another; people answer to the From address.
import { createTransport } from 'nodemailer';

export interface MailerOptions {
  /** `smtp://host:25`, `smtps://user:password@host`; opportunistic TLS as the server offers it. */
  readonly url: string;
  /** The From address: replies of people go there. */
  readonly from: string;
}

/** A whole message as it goes over the wire, or a plain text. */
export type OutgoingMail = { readonly to: string } & (
  { readonly raw: Buffer } | { readonly subject: string; readonly text: string; readonly messageId?: string }
);

export interface Mailer {
  readonly from: string;
  /** Resolves when the server has taken responsibility. @throws {MailNotSent} */
  send(mail: OutgoingMail): Promise<void>;
  close(): void;
}

/** The server did not take a mail. `isFinal`: it never will (5yz). */
export class MailNotSent extends Error {
  override readonly name = 'MailNotSent';
  readonly kind = 'Unavailable';
  readonly code = 'mail-not-sent';
  readonly isFinal: boolean;
  constructor(options: { cause: unknown }) {
    const { cause } = options;
    const status: unknown =
      cause instanceof Error && 'responseCode' in cause ? cause.responseCode : undefined;
    super(
      typeof status === 'number' ? `the mail server answered ${status}` : 'no mail server was reached',
      options,
    );
    this.isFinal = typeof status === 'number' && status >= 500;
  }
}

const TIMEOUT_MS = 30_000;

export function openMailer({ url, from }: MailerOptions): Mailer {
  const address = new URL(url);
  const isTls = address.protocol === 'smtps:';
  const transport = createTransport({
    ...{ host: address.hostname.replace(/^\[(.*)\]$/, '$1'), secure: isTls },
    port: Number(address.port || (isTls ? 465 : 25)),
    ...{ connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS },
    ...(address.username !== '' && {
      auth: { user: decodeURIComponent(address.username), pass: decodeURIComponent(address.password) },
    }),
  });
  return {
    from,
    async send(mail) {
      const envelope = { from: '', to: [mail.to] };
      const message =
        'raw' in mail
          ? { raw: mail.raw }
          : {
              ...{ from, to: mail.to, subject: mail.subject, text: mail.text },
              ...(mail.messageId !== undefined && { messageId: mail.messageId }),
              // RFC 3834 section 5: no vacation notice answers it.
              headers: { 'Auto-Submitted': 'auto-generated' },
            };
      try {
        await transport.sendMail({ ...message, envelope });
      } catch (error) {
        throw new MailNotSent({ cause: error });
      }
    },
    close() {
      transport.close();
    },
  };
}
