export { Answers, type OtherRecord } from './answers.js';
export { byteLengthOf, shareDataset, type Dataset, type DatasetNs, type DatasetSoa } from './dataset.js';
export { DatasetLoader, DEFAULT_TTL_SECONDS, type LoadOptions } from './dataset-loader.js';
export { DatasetRefused, ZoneSpecInvalid, type LineFault } from './errors.js';
export { LoadedZone } from './loaded-zone.js';
export { type Wanted } from './part-lookup.js';
export { DATASET_TYPES, parseZoneSpec, type DatasetType, type ZoneSpec } from './zone-spec.js';
