import { describe, expect, it } from 'vitest';
import type { ReputationModel } from '../reputations/models/reputation.model.js';
import { formatTime } from './layout.js';
import { lookupPage } from './lookup-page.js';

const reputation: ReputationModel = {
  ...{ subject: '203.0.113.9', score: 84, listed: true, categories: ['zombie'], confidence: 81 },
  ...{
    recommendation: 'DEFER',
    probability: null,
    memberCount: 3,
    explanation: [{ factor: 'zombie/trap', contribution: 84, detail: '3 members' }],
  },
  ...{ firstSeen: new Date(0), lastSeen: new Date(0), expiresAt: new Date('2026-12-27T08:00:00Z') },
  listedUntil: new Date('2026-12-14T08:00:00Z'),
};

describe('the public page', () => {
  it.each(['en', 'ja'] as const)('tells in %s what is listed and why', (language) => {
    const page = lookupPage({ asked: '203.0.113.9', reputation, fault: undefined }, language);
    expect(page).toContain(`<html lang="${language}">`);
    expect(page).toContain('84');
    expect(page).toContain('zombie/trap');
    expect(page).toContain(formatTime(new Date('2026-12-14T08:00:00Z'), language));
  });

  it('shows what was typed without becoming part of the page', () => {
    const page = lookupPage(
      { asked: '"><script>alert(1)</script>', reputation: null, fault: 'not "it" <b>' },
      'en',
    );
    expect(page).not.toContain('<script');
    expect(page).not.toContain('<b>');
    expect(page).toContain('&quot;&gt;&lt;script&gt;');
  });

  it('loads nothing from anywhere', () => {
    const page = lookupPage({ asked: '', reputation: null, fault: undefined }, 'en');
    expect(page).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    expect(page).not.toContain('<script');
  });
});
