// A worker that never finishes a job: node stuck-worker.mjs <compiled queue/index.js> <queue URL> <lease in ms>.
// Prints a line when it has one in hand.
import { pathToFileURL } from 'node:url';

const [entry, url, leaseMs] = process.argv.slice(2);
const { runJobs } = await import(pathToFileURL(entry).href);
const hold = () => {
  console.log('taken');
  return new Promise(() => undefined);
};
await runJobs(
  url,
  { 'score-receipt': hold, 'review-subjects': hold, expire: hold },
  { concurrency: 1, leaseMs: Number(leaseMs), onError: console.error },
);
