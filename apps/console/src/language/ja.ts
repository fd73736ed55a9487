import { JA_CALIBRATION } from './ja-calibration.ts';
import { JA_OWN_NETWORKS } from './ja-own-networks.ts';
import { JA_PHRASES } from './ja-phrases.ts';
import { JA_QUALITY } from './ja-quality.ts';
import { JA_WORDS } from './ja-words.ts';
import { JA_WORKING_GROUP } from './ja-working-group.ts';

export const JA = {
  ...JA_PHRASES,
  ...JA_WORKING_GROUP,
  ...JA_OWN_NETWORKS,
  ...JA_QUALITY,
  ...JA_CALIBRATION,
  ...JA_WORDS,
};
