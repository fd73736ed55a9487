import { sha256 } from '@noble/hashes/sha2.js';
import type { EvidenceRules } from './read-evidence.js';

/** Lines joined as in mail. */
export const message = (...lines: readonly string[]): Uint8Array =>
  new TextEncoder().encode(lines.join('\r\n'));

/** mx.example.net is the member's border, 192.0.2.0/28 its relays. */
export const rules = (more: Partial<EvidenceRules> = {}): EvidenceRules => ({
  trusted: {
    hosts: ['mx.example.net'],
    networks: [{ text: '192.0.2.0/28', bytes: Uint8Array.of(192, 0, 2, 0), prefixLength: 28 }],
  },
  sha256,
  format: 'auto',
  bounces: { origin: 'check', sendingHosts: ['out.example.net'] },
  category: 'spam-source',
  ...more,
});

export const BORDER_LINE =
  'Received: from lies.example (dsl-9.example.org [198.51.100.9]) by mx.example.net (Postfix) with SMTP id 1; Fri, 20 Nov 2026 10:10:00 +0900';
