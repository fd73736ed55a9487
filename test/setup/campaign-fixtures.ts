import { fingerprintKey, fingerprintOf, formatFingerprint } from '@sekisho/campaign';
import { readFile } from 'node:fs/promises';
import PostalMime from 'postal-mime';

const FOLDER = new URL('../../fixtures/campaigns/', import.meta.url);
const SECRET = new TextEncoder().encode('the secret of a test federation');

/** The fingerprints of three variants of one real campaign, as three members make them in the month of `now`. */
export async function campaignFingerprints(now: Date): Promise<readonly [string, string, string]> {
  const key = fingerprintKey(SECRET, now.toISOString().slice(0, 7));
  const of = async (file: string): Promise<string> => {
    const { text, html } = await PostalMime.parse(await readFile(new URL(file, FOLDER)));
    const content = { texts: text ? [text] : [], htmls: html ? [html] : [], attachments: [] };
    return formatFingerprint(fingerprintOf(content, key));
  };
  return [await of('screenshots-1.eml'), await of('screenshots-2.eml'), await of('screenshots-3.eml')];
}
