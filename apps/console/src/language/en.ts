import { EN_CALIBRATION } from './en-calibration.ts';
import { EN_OWN_NETWORKS } from './en-own-networks.ts';
import { EN_PHRASES } from './en-phrases.ts';
import { EN_QUALITY } from './en-quality.ts';
import { EN_WORDS } from './en-words.ts';
import { EN_WORKING_GROUP } from './en-working-group.ts';

export const EN = {
  ...EN_PHRASES,
  ...EN_WORKING_GROUP,
  ...EN_OWN_NETWORKS,
  ...EN_QUALITY,
  ...EN_CALIBRATION,
  ...EN_WORDS,
};
