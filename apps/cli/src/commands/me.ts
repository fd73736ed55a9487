import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { formatPairs } from '../print/table.js';
import { openSession } from './member-session.js';
import {
  toJson,
  withDirectory,
  withExample,
  withJson,
  type DirectoryOption,
  type JsonOption,
} from './shared-options.js';

export function registerMe(program: Command, context: CliContext): void {
  const command = program
    .command('me')
    .description('the member that these keys belong to, as the hub knows it');
  withJson(withDirectory(command)).action(async (options: DirectoryOption & JsonOption) => {
    const session = await openSession(options, context);
    const member = await session.me();
    context.stdout.write(
      options.json
        ? toJson({ ...member, hub: session.hub.hub, signingKid: session.member.signing.kid })
        : formatPairs([
            ['member', `${member.id} (${member.name})`],
            ['role', member.role.toLowerCase()],
            ['networks', member.networks.join(', ') || '-'],
            ['ASNs', member.asns.map((asn) => `AS${String(asn)}`).join(', ') || '-'],
            ['hub', session.hub.hub],
            ['signing key', session.member.signing.kid],
            ['DNS key', member.dnsKey ?? '-'],
          ]),
    );
  });
  withExample(command, 'sekisho me --dir /etc/sekisho/isp-a');
}
