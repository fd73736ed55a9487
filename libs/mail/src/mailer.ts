import { createTransport } from 'nodemailer';

export interface MailSettings {
  /** `smtp://host:port`, `smtps://user:password@host`. */
  readonly smtpUrl: string;
  /** The address that mail comes from. */
  readonly from: string;
}

/** Plain text only: it is read everywhere, and hides nothing. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export interface Mailer {
  /** Resolves when the server took it. @throws what the server or the network said */
  send(mail: Mail): Promise<void>;
  close(): void;
}

const CONNECT_TIMEOUT_MS = 10_000;
const SILENCE_TIMEOUT_MS = 30_000;

/** Sends mail over one SMTP server of the operator. Nothing is connected before the first mail. */
export function openMailer({ smtpUrl, from }: MailSettings): Mailer {
  const transport = createTransport({
    url: smtpUrl,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SILENCE_TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ to, subject, text }) {
      // RFC 3834: so that vacation messages do not answer it.
      const headers = { 'Auto-Submitted': 'auto-generated' };
      await transport.sendMail({ from, to: { name: '', address: to }, subject, text, headers });
    },
    close() {
      transport.close();
    },
  };
}
