// Preloaded by NODE_OPTIONS into a process under test: each of its threads notes in the file LOADED_MODULES what it loads.
import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { isMainThread } from 'node:worker_threads';

const file = process.env['LOADED_MODULES'];
const thread = isMainThread ? 'main' : 'worker';

registerHooks({
  load(url, context, next) {
    appendFileSync(file, `${thread} ${url}\n`);
    return next(url, context);
  },
});
// Node's own parts that were loaded on the way, with nothing that names them.
if (isMainThread) {
  process.on('exit', () => {
    appendFileSync(file, process.moduleLoadList.map((name) => `main ${name}\n`).join(''));
  });
}
