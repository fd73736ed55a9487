import { PERSON_ROLES, type PersonRole } from '@sekisho/access';
import { readConfig } from '@sekisho/config';
import { Option, type Command } from 'commander';
import { withDatabase } from '../admin/with-database.js';
import type { CliContext } from '../context.js';
import { formatLocalTime } from '../print/local-time.js';
import { onOneLine } from '../print/one-line.js';
import { formatPairs, formatTable } from '../print/table.js';
import { readInteger, toJson, usage, withExample, withJson, type JsonOption } from './shared-options.js';

const INVITE_EXAMPLE = 'sekisho admin person invite --member isp-a --role officer --name "Hanako 花子"';
const ID_EXAMPLE = '0199c5a0-7d3e-7c11-9f0e-3b1f6c1a2d44';

interface InviteOptions extends JsonOption {
  readonly member?: string;
  readonly role: PersonRole;
  readonly name: string;
}

export function registerAdminPerson(admin: Command, context: CliContext): void {
  const person = admin.command('person').description('who signs in to the console');
  registerInvite(person, context);
  registerList(person, context);
  registerRemove(person, context);
  registerSignOut(person, context);
  registerActions(person, context);
  withExample(person, INVITE_EXAMPLE);
}

function registerInvite(person: Command, context: CliContext): void {
  const command = person
    .command('invite')
    .description('print a code and a link with which one person makes a passkey, once, within 7 days');
  withJson(command)
    .option('--member <id>', 'whose person it is; not for operators')
    .addOption(
      new Option('--role <role>', 'what the person may do').choices(PERSON_ROLES).makeOptionMandatory(),
    )
    .requiredOption('--name <name>', 'as people write it', usage(command, readName))
    .action(async ({ member, role, name, json }: InviteOptions) => {
      const { code, personId, expiresAt } = await withDatabase(context, (database) =>
        database.people.invite({ memberId: member, role, name }, new Date(context.now())),
      );
      const link = `${readConfig(context.env).publicUrl}/console/invitation?code=${code}`;
      context.stdout.write(
        json
          ? toJson({
              id: personId,
              member: member ?? null,
              role,
              code,
              link,
              expiresAt: expiresAt.toISOString(),
            })
          : formatPairs([
              ['person', `${personId} (${role}${member === undefined ? '' : ` of ${member}`})`],
              ['code', code],
              ['link', link],
              ['valid', `once, until ${formatLocalTime(expiresAt, context.timeZone)}`],
            ]),
      );
    });
  withExample(command, INVITE_EXAMPLE);
}

function registerList(person: Command, context: CliContext): void {
  const command = person
    .command('list')
    .description('who has a passkey')
    .option('--member <id>', 'of one member');
  withJson(command).action(async ({ member, json }: JsonOption & { readonly member?: string }) => {
    const people = await withDatabase(context, (database) => database.people.list(member));
    context.stdout.write(
      json
        ? toJson(people)
        : formatTable(
            ['ID', 'MEMBER', 'ROLE', 'NAME', 'LAST SIGNED IN'].map((title) => ({ title })),
            people.map(({ id, memberId, role, name, lastSeenAt }) => [
              ...[id, memberId ?? '-', role, onOneLine(name)],
              formatLocalTime(lastSeenAt, context.timeZone),
            ]),
          ),
    );
  });
  withExample(command, 'sekisho admin person list --member isp-a');
}

function registerRemove(person: Command, context: CliContext): void {
  const command = person
    .command('remove')
    .description('end every session of a person, and forget name and passkeys; or take an invitation back');
  command.argument('<id>', 'of the person', usage(command, readId));
  withJson(command).action(async (id: string, { json }: JsonOption) => {
    await withDatabase(context, (database) => database.people.remove(id, new Date(context.now())));
    context.stdout.write(json ? toJson({ id, isRemoved: true }) : `${id} is removed\n`);
  });
  withExample(command, `sekisho admin person remove ${ID_EXAMPLE}`);
}

function registerSignOut(person: Command, context: CliContext): void {
  const command = person
    .command('sign-out')
    .description('end every session of a person, who can sign in again');
  command.argument('<id>', 'of the person', usage(command, readId));
  withJson(command).action(async (id: string, { json }: JsonOption) => {
    const sessions = await withDatabase(context, (database) =>
      database.people.signOut(id, new Date(context.now())),
    );
    context.stdout.write(json ? toJson({ id, sessions }) : `${sessions} sessions of ${id} are ended\n`);
  });
  withExample(command, `sekisho admin person sign-out ${ID_EXAMPLE}`);
}

function registerActions(person: Command, context: CliContext): void {
  const command = person
    .command('actions')
    .description('who did what when, the newest first; never what it was about');
  command.argument('[id]', 'of one person', usage(command, readId));
  command.option('--limit <n>', 'how many', usage(command, readInteger('--limit', 1, 100_000)), 100);
  withJson(command).action(
    async (id: string | undefined, options: JsonOption & { readonly limit: number }) => {
      const actions = await withDatabase(context, (database) => database.people.actions(options.limit, id));
      context.stdout.write(
        options.json
          ? toJson(actions)
          : formatTable(
              ['AT', 'PERSON', 'MEMBER', 'ROLE', 'ACTION', 'OUTCOME', 'ABOUT'].map((title) => ({ title })),
              actions.map(({ at, personId, memberId, role, operation, action, outcome, about }) => [
                ...[
                  formatLocalTime(at, context.timeZone),
                  personId ?? 'at the machine',
                  memberId ?? '-',
                  role,
                ],
                ...[`${operation} ${action}`, outcome ?? 'unknown', about ?? '-'],
              ]),
            ),
      );
    },
  );
  withExample(command, 'sekisho admin person actions --limit 20');
}

function readName(text: string): string {
  const name = text.trim();
  if (/^\P{C}{1,100}$/u.test(name)) return name;
  throw new RangeError('--name: not 1 to 100 characters in one line. Example: "Hanako 花子"');
}

function readId(text: string): string {
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return text.toLowerCase();
  throw new RangeError(`<id>: not the id of a person: ${JSON.stringify(text)}. Example: ${ID_EXAMPLE}`);
}
