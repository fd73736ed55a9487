import { readConfigOrExit } from '@sekisho/config';
import { createLogger, runProcess, startOrExit } from '@sekisho/telemetry';
import { OptionsInvalid, readOptions } from './options.js';
import { startPolicyd } from './policyd.js';

function optionsOrExit(): ReturnType<typeof readOptions> {
  try {
    return readOptions(process.argv.slice(2), config);
  } catch (error) {
    if (!(error instanceof OptionsInvalid)) throw error;
    process.stderr.write(`sekisho: ${error.message}\nwhat to do: sekisho policyd --help\n`);
    // As every command does for wrong usage.
    process.exit(2);
  }
}

const config = readConfigOrExit(process.env);
const options = optionsOrExit();
const logger = createLogger({ name: 'policyd', level: config.logLevel });
await startOrExit('policyd', async () => {
  const running = await startPolicyd(config, options, logger);
  runProcess(logger, () => running.close());
});
