/** The version of docs/code-of-conduct-federation.md that is in force. A new text has a new version, and is accepted anew. */
export const CONDUCT_VERSION = '2026-12';
