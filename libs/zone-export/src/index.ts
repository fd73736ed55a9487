export { bindLines } from './bind.js';
export { NotExportable } from './errors.js';
export { originOf, type ExportOptions } from './export-options.js';
export { rbldnsdLines } from './rbldnsd.js';
export { policyOrigin, rpzLines } from './rpz.js';
