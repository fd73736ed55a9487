export { writeEventMail, type EventMailOptions, type MailedEvent } from './event-mail.js';
export { MailNotSent, openMailer, type Mailer, type MailerOptions, type OutgoingMail } from './mailer.js';
