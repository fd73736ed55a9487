// The space for young objects is limited before the program is loaded, which would enlarge it.
import './operate/small-memory.js';

await import('./serve.js');
