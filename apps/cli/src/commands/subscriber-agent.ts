import { SubscriberAgent } from '@sekisho/client';
import { memberDirectoryPath, type CliContext } from '../context.js';
import { openSession } from './member-session.js';
import type { DirectoryOption } from './shared-options.js';

export const openAgent = async (options: DirectoryOption, context: CliContext): Promise<SubscriberAgent> =>
  SubscriberAgent.open(await openSession(options, context), memberDirectoryPath(options, context));
