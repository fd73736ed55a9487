// The mails of an appeal, in the language in which it was filed; those to an abuse contact in both.
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { openMailer, type Mailer } from '@sekisho/mail';
import type { StoredAppeal } from '@sekisho/persistence';
import { formatSubject } from '@sekisho/subject';
import { Platform } from '../platform/platform.js';
import { contactMail, outcomeMail } from './appeal-mail-texts.js';

@Injectable()
export class AppealMail implements OnApplicationShutdown {
  private readonly mailer: Mailer | undefined;

  constructor(private readonly platform: Platform) {
    const { mail } = platform.config;
    this.mailer = mail && openMailer(mail);
  }

  onApplicationShutdown(): void {
    this.mailer?.close();
  }

  /** Whether the operator has configured a mail server. */
  get isPossible(): boolean {
    return this.mailer !== undefined;
  }

  /** Asks the owner of the network to confirm; whoever follows the link speaks for it. */
  async askContact(to: string, { subject, words = '' }: StoredAppeal, code: string): Promise<void> {
    const link = `${this.platform.config.publicUrl}/appeal/confirm/${code}`;
    await this.send(to, contactMail({ subject: formatSubject(subject), words, link }));
  }

  /** Tells the appellant what was decided, if there is an address. */
  async tellOutcome(appeal: StoredAppeal): Promise<void> {
    const { mail, outcome, language, reason = '' } = appeal;
    if (mail === undefined || outcome === undefined) return;
    await this.send(mail, outcomeMail[language]({ subject: formatSubject(appeal.subject), outcome, reason }));
  }

  /** Mail that cannot be sent holds nothing up: the page says the same. */
  private async send(to: string, mail: { subject: string; text: string }): Promise<void> {
    await this.mailer?.send({ to, ...mail }).catch((error: unknown) => {
      this.platform.logger.warn({ err: error }, 'a mail about an appeal could not be sent');
    });
  }
}
