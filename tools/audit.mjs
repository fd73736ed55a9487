// npm run audit: licences of all packages of a release, and known vulnerabilities where the registry answers.
import { spawnSync } from 'node:child_process';
import { isAllowed, licencesOf } from './licences.mjs';

const packages = await licencesOf();
const refused = packages.filter(({ licence }) => !isAllowed(licence));
for (const { name, version, licence } of refused) console.error(`${name}@${version}: licence ${licence}`);
console.log(`${packages.length} packages of a release, ${refused.length} with a licence that is not allowed`);

const audit = spawnSync('npm', ['audit', '--omit=dev', '--audit-level=high', '--json'], { encoding: 'utf8' });
let report;
try {
  report = JSON.parse(audit.stdout);
} catch {
  report = {};
}
const counts = report.metadata?.vulnerabilities;
if (counts)
  console.log(
    `known vulnerabilities: ${counts.critical} critical, ${counts.high} high, ${counts.moderate} moderate`,
  );
else console.log('NOT AUDITED: the registry has no answer for npm audit');
process.exitCode = refused.length > 0 || (counts && counts.critical + counts.high > 0) ? 1 : 0;
