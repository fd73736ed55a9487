import { FEEDBACK } from './model.js';

/** The beginning of the bucket in which a moment lies; milliseconds since 1970. */
export const bucketOf = (at: number): number => Math.floor(at / FEEDBACK.bucketMs) * FEEDBACK.bucketMs;

/** The largest power of ten that is not above a count of 1 or more; 0 below. An exact count could show who reported. */
export const magnitudeOf = (count: number): number => (count < 1 ? 0 : 10 ** Math.floor(Math.log10(count)));
