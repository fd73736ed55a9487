export { loadFastSuite, type FastSuite } from './fast-suite.js';
export { nativeElements } from './native-elements.js';
