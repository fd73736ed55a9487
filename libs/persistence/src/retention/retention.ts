// The one place that says how long what is kept, and why. A test fails when a table of the database is not here.
import { FEEDBACK } from '@sekisho/feedback';
import { ACTION_RETENTION } from '../actions/retention.js';
import { APPEAL_RETENTION } from '../appeals/retention.js';
import { EVIDENCE_RETENTION_MS } from '../evidence/sealed-evidence.repository.js';
import { PEOPLE_RETENTION } from '../people/retention.js';
import { SIGHTING_RETENTION_MS } from '../reports/partitions.js';
import { QUALITY_RETENTION } from '../reputations/retention.js';

const DAY_MS = 24 * 3_600_000;
/** As long as a person may ask why an application was looked at. */
const CHECK_RETENTION_MS = 365 * DAY_MS;

/**
 * What a table is to the people whose traces it holds: `evidence` and `derived` are about third parties (addresses are
 * personal data); `member` is about the organisations that take part; `operation` keeps the system running; `record`
 * shows later that a rule was kept.
 */
export type RetentionClass = 'evidence' | 'derived' | 'member' | 'operation' | 'record';

export interface Retention {
  readonly table: string;
  readonly class: RetentionClass;
  readonly holds: string;
  /** Why it may be kept that long. */
  readonly basis: string;
  /** How long, in words, for people. */
  readonly until: string;
  /** The column that tells how old a row is; undefined where rows have no age. */
  readonly agedBy?: string;
  readonly expiry: Expiry;
}

type Expiry =
  /** Whole weekly partitions are dropped. */
  | { readonly how: 'partitions'; readonly afterMs: number }
  /** Rows for which `where` is true are deleted in batches; `$1` is now less `afterMs`. */
  | { readonly how: 'rows'; readonly afterMs: number; readonly where: string }
  /** Somebody else's code trims it, or it goes with the row that it belongs to. */
  | { readonly how: 'other'; readonly by: string };

const rows = (afterMs: number, where: string): Expiry => ({ how: 'rows', afterMs, where });
const withMember: Expiry = { how: 'other', by: 'goes with the member' };
const MEMBERSHIP = 'the federation contract';
const REPUTATION_BASIS = 'legitimate interest in defending networks against abuse';

/** Add a line here for every new table. */
export const RETENTION: readonly Retention[] = [
  {
    ...{ table: 'sighting', class: 'evidence', agedBy: 'received_at', basis: REPUTATION_BASIS },
    holds:
      'one accepted report: subject, reporter, category, evidence class, count, times, authentication results',
    until: '60 days after reception, to the week',
    expiry: { how: 'partitions', afterMs: SIGHTING_RETENTION_MS },
  },
  {
    ...{ table: 'receipt', class: 'evidence', agedBy: 'received_at', basis: REPUTATION_BASIS },
    holds: 'which member sent which envelope when, its digest and verdicts',
    until: '60 days after reception',
    expiry: rows(SIGHTING_RETENTION_MS, 'received_at < $1 AND scored_at IS NOT NULL'),
  },
  {
    ...{ table: 'sealed_evidence', class: 'evidence', agedBy: 'received_at' },
    holds: "ciphertext for a network's owner, with subject, reporter and owner; unreadable for the hub",
    basis: 'delivery to the owner, who alone can act on it',
    until: 'acknowledged by the owner, at most 14 days',
    expiry: rows(EVIDENCE_RETENTION_MS, 'received_at < $1'),
  },
  {
    ...{ table: 'reputation', class: 'derived', agedBy: 'first_seen', basis: REPUTATION_BASIS },
    holds: 'score, explanation and blurred counts of one subject; no reporter',
    until: '60 days after the last report, when the score is 0',
    expiry: rows(
      SIGHTING_RETENTION_MS,
      'score = 0 AND NOT listed AND next_review_at IS NULL AND last_seen < $1',
    ),
  },
  {
    ...{ table: 'zone_entry', class: 'derived', basis: REPUTATION_BASIS },
    holds: 'what the DNS answers for one subject',
    until: 'the score no longer calls for it',
    expiry: { how: 'other', by: 'publish() withdraws it' },
  },
  {
    ...{ table: 'zone_change', class: 'derived', agedBy: 'changed_at', basis: REPUTATION_BASIS },
    holds: 'which subject entered or left a zone',
    until: '24 hours, so that edges can follow',
    expiry: { how: 'other', by: 'ZoneRepository.trimHistory' },
  },
  {
    ...{ table: 'campaign', class: 'derived', agedBy: 'last_seen', basis: REPUTATION_BASIS },
    holds: 'one campaign: times, counts, forged domains, sending networks',
    until: '60 days after it was last seen',
    expiry: rows(SIGHTING_RETENTION_MS, 'last_seen < $1'),
  },
  {
    ...{ table: 'campaign_member', class: 'derived', basis: REPUTATION_BASIS },
    holds: 'which member saw a campaign, and how many copies',
    ...{ until: 'as long as the campaign', expiry: { how: 'other', by: 'goes with the campaign' } },
  },
  {
    ...{ table: 'campaign_fingerprint', class: 'derived', agedBy: 'last_seen', basis: REPUTATION_BASIS },
    holds: 'keyed fingerprints of messages; no content',
    until: '60 days after it was last seen',
    expiry: rows(SIGHTING_RETENTION_MS, 'last_seen < $1 AND NOT is_live'),
  },
  {
    ...{ table: 'campaign_sighting', class: 'evidence', agedBy: 'seen_at', basis: REPUTATION_BASIS },
    holds: 'an accepted report with a fingerprint: reporter, sending network, domains, evidence class, count',
    until: '60 days after it was seen',
    expiry: rows(SIGHTING_RETENTION_MS, 'seen_at < $1'),
  },
  {
    ...{ table: 'campaign_bounce', class: 'evidence', agedBy: 'seen_at', basis: REPUTATION_BASIS },
    holds: 'a reported flood of bounces: forged domain, reporter, network, count',
    until: '60 days after it was seen',
    expiry: rows(SIGHTING_RETENTION_MS, 'seen_at < $1'),
  },
  {
    ...{ table: 'campaign_claim', class: 'derived', basis: REPUTATION_BASIS },
    holds: 'for which subjects campaigns say something in a zone',
    until: 'the campaign no longer says it, at most 48 hours after it was last seen',
    expiry: { how: 'other', by: 'the review of campaigns' },
  },
  {
    ...{ table: 'domain_proof', class: 'member', agedBy: 'expires_at', basis: MEMBERSHIP },
    holds: 'which domains a member proved to be its own',
    until: '90 days after the proof',
    expiry: rows(0, 'expires_at < $1'),
  },
  {
    ...{ table: 'dynamic_range', class: 'derived', agedBy: 'expires_at', basis: 'declared by the owner' },
    holds: 'networks that their owner declared dynamic',
    until: 'the declaration ends',
    expiry: rows(0, 'expires_at < $1'),
  },
  {
    ...{ table: 'alert', class: 'derived', agedBy: 'opened_at', basis: 'the owner alone can act on it' },
    holds:
      "that a member's own network was suspect: subject, category, counts, times, what the owner answered",
    until: '90 days after it was closed',
    expiry: rows(FEEDBACK.recordMs, 'closed_at < $1'),
  },
  {
    ...{ table: 'alert_event', class: 'derived', agedBy: 'made_at', basis: 'the owner alone can act on it' },
    holds: 'the same as member_event, for processes of the release before',
    until: 'an older hub acknowledged it, at most 30 days',
    expiry: rows(30 * DAY_MS, 'made_at < $1'),
  },
  {
    ...{
      table: 'member_event',
      class: 'derived',
      agedBy: 'made_at',
      basis: 'the member alone can act on it',
    },
    holds: 'what a member has not yet been told: what happened to which subject, coarse counts and times',
    until: 'its receiver acknowledged it, at most 30 days',
    expiry: rows(30 * DAY_MS, 'made_at < $1'),
  },
  {
    ...{ table: 'network_claim', class: 'member', agedBy: 'claimed_at', basis: MEMBERSHIP },
    ...{ holds: 'networks that members said are theirs', until: 'the membership ends', expiry: withMember },
  },
  {
    ...{ table: 'declared_range', class: 'member', agedBy: 'declared_at', basis: 'declared by the owner' },
    holds: 'ranges that their owner declared dynamic, with exceptions',
    ...{ until: 'the owner withdraws it, or the membership ends', expiry: withMember },
  },
  {
    ...{ table: 'declared_piece', class: 'member', basis: 'declared by the owner' },
    ...{ holds: 'the same without the exceptions', until: 'the same', expiry: withMember },
  },
  {
    ...{ table: 'event_stream', class: 'member', agedBy: 'updated_at', basis: MEMBERSHIP },
    holds: 'how a member wants to be told: endpoint, its password, mail address of the abuse desk',
    ...{ until: 'the membership ends', expiry: withMember },
  },
  {
    ...{ table: 'member_costs', class: 'member', agedBy: 'stated_at', basis: MEMBERSHIP },
    holds: 'what outcomes cost a member, for what it is recommended',
    ...{ until: 'the member clears it, or the membership ends', expiry: withMember },
  },
  {
    ...{ table: 'decision', class: 'record', agedBy: 'made_at' },
    holds: 'what people decided of a subject: list or never list, from when until when, by what, the reason',
    basis: 'showing why something is or was listed',
    until: '1 year after it was over',
    expiry: rows(365 * DAY_MS, 'least(valid_until, ended_at) < $1 AND due_at IS NULL'),
  },
  {
    ...{ table: 'decision_entry', class: 'record' },
    holds: 'which entry of the transparency log commits to a decision, and its salt',
    basis: 'proof of what was decided, and when',
    ...{ until: 'as long as the decision', expiry: { how: 'other', by: 'goes with the decision' } },
  },
  ...QUALITY_RETENTION,
  ...ACTION_RETENTION,
  ...APPEAL_RETENTION,
  {
    ...{ table: 'evidence_release', class: 'derived', agedBy: 'released_at', basis: REPUTATION_BASIS },
    holds: 'that an address was taken off the lists by self-service, and when',
    until: '60 days, as long as what was seen before',
    expiry: rows(SIGHTING_RETENTION_MS, 'released_at < $1'),
  },
  {
    ...{ table: 'member', class: 'member', agedBy: 'created_at', basis: MEMBERSHIP },
    holds: 'members: name, role, standing, trust',
    until: 'the membership ends',
    expiry: { how: 'other', by: 'the operator' },
  },
  {
    ...{ table: 'member_network', class: 'member', basis: MEMBERSHIP },
    ...{ holds: "members' networks", until: 'the membership ends', expiry: withMember },
  },
  {
    ...{ table: 'member_key', class: 'member', agedBy: 'valid_from', basis: MEMBERSHIP },
    holds: "members' public keys",
    until: '60 days after the key was replaced',
    expiry: rows(SIGHTING_RETENTION_MS, 'valid_until < $1'),
  },
  {
    ...{ table: 'enrolment', class: 'member', agedBy: 'expires_at', basis: MEMBERSHIP },
    holds: 'digests of one-time codes',
    until: '60 days after the code ended',
    expiry: rows(SIGHTING_RETENTION_MS, 'expires_at < $1'),
  },
  ...PEOPLE_RETENTION,
  {
    ...{ table: 'subscriber_termination', class: 'evidence', agedBy: 'registered_at' },
    basis: 'prevention of hit-and-run abuse, told to subscribers in the notice',
    holds: 'that a member ended a contract for abuse: reason class, date, opaque case number; no identity',
    until: 'its expiry: a year, at most five, or withdrawn',
    expiry: rows(0, 'expires_at < $1'),
  },
  {
    ...{ table: 'subscriber_token', class: 'evidence' },
    basis: 'prevention of hit-and-run abuse, told to subscribers in the notice',
    holds: 'digests of the tokens of an ended contract, useless without both key shares of their month',
    until: 'the termination ends, or the key of its month is destroyed',
    expiry: { how: 'other', by: 'goes with the termination or its key' },
  },
  {
    ...{ table: 'subscriber_check', class: 'record', agedBy: 'checked_at' },
    basis: 'accountability of those who ask',
    holds: 'which member asked when, for which purpose, on which basis and notice, and the answer; no token',
    until: `${CHECK_RETENTION_MS / DAY_MS} days`,
    expiry: rows(CHECK_RETENTION_MS, 'checked_at < $1'),
  },
  {
    ...{ table: 'subscriber_case', class: 'record', agedBy: 'opened_at' },
    basis: 'both members look into a match',
    holds: 'that a check matched a termination, how strongly and by which types of identifier',
    until: 'the check or the termination ends',
    expiry: { how: 'other', by: 'goes with its check or termination' },
  },
  {
    ...{ table: 'subscriber_message', class: 'record', agedBy: 'sent_at' },
    basis: 'both members look into a match',
    holds: 'ciphertext that the two members of a case send each other; unreadable for the hub',
    until: 'the case ends',
    expiry: { how: 'other', by: 'goes with its case' },
  },
  {
    ...{ table: 'subscriber_change', class: 'record', agedBy: 'changed_at' },
    basis: 'showing what became of a record and why',
    holds: 'that a termination was contested, corrected, upheld or withdrawn, when and by which member',
    until: 'the termination ends',
    expiry: { how: 'other', by: 'goes with the termination' },
  },
  {
    ...{ table: 'subscriber_check_count', class: 'operation', agedBy: 'day' },
    basis: 'quotas of the federation contract',
    holds: 'how many checks a member made on a day',
    until: '35 days',
    expiry: rows(35 * DAY_MS, 'day < $1'),
  },
  {
    ...{ table: 'subscriber_alarm', class: 'record', agedBy: 'raised_at' },
    basis: 'accountability of those who ask',
    holds: 'that a check hit a canary',
    until: 'the check or the canary ends',
    expiry: { how: 'other', by: 'goes with its check or canary' },
  },
  {
    ...{ table: 'subscriber_sign_ups', class: 'member', agedBy: 'day', basis: MEMBERSHIP },
    holds: 'how many sign-ups a member declared for a day',
    until: `${CHECK_RETENTION_MS / DAY_MS} days`,
    expiry: rows(CHECK_RETENTION_MS, 'day < $1'),
  },
  {
    ...{ table: 'oprf_evaluation', class: 'record', agedBy: 'at', basis: 'accountability of those who ask' },
    holds: 'how many blinded elements were evaluated for a member and why',
    until: `${CHECK_RETENTION_MS / DAY_MS} days`,
    expiry: rows(CHECK_RETENTION_MS, 'at < $1'),
  },
  {
    ...{
      table: 'dns_query_count',
      class: 'operation',
      agedBy: 'minute',
      basis: 'quotas of the federation contract',
    },
    holds: 'how many queries a member asked in a minute; never what was asked',
    until: '35 days',
    expiry: rows(35 * DAY_MS, 'minute < $1'),
  },
  {
    ...{ table: 'assertion_seen', class: 'operation', agedBy: 'expires_at', basis: 'replay protection' },
    holds: 'ids of used client assertions',
    until: 'the assertion would be refused for its age',
    expiry: rows(0, 'expires_at < $1'),
  },
  {
    ...{ table: 'zone_state', class: 'operation', basis: 'no personal data' },
    ...{ holds: 'serials of zones', until: 'the hub ends', expiry: { how: 'other', by: 'nothing' } },
  },
  {
    ...{ table: 'campaign_clock', class: 'operation', basis: 'no personal data' },
    ...{
      holds: 'how far reports are clustered',
      until: 'the hub ends',
      expiry: { how: 'other', by: 'nothing' },
    },
  },
  {
    ...{ table: 'model_rehearsal', class: 'record', agedBy: 'rehearsed_at', basis: 'no personal data' },
    ...{
      holds: 'which model was rehearsed when, and how many listings it would change',
      until: 'the hub ends',
    },
    expiry: { how: 'other', by: 'nothing' },
  },
  {
    ...{ table: 'migration', class: 'operation', basis: 'no personal data' },
    ...{ holds: 'schema versions', until: 'the hub ends', expiry: { how: 'other', by: 'nothing' } },
  },
  {
    ...{ table: 'log_append', class: 'evidence', agedBy: 'appended_at', basis: REPUTATION_BASIS },
    holds: "where a receipt's reports are in the transparency log, and their salt",
    until: 'as long as its receipt',
    expiry: { how: 'other', by: 'goes with the receipt' },
  },
  ...['log_head', 'log_tree', 'log_tile', 'log_entries'].map((table): Retention => ({
    ...{
      table,
      class: 'record',
      basis: 'proof that history was not rewritten; no personal data without the salts',
    },
    ...{
      holds: 'commitments of the transparency log',
      until: 'the log ends',
      expiry: { how: 'other', by: 'nothing' },
    },
  })),
  {
    ...{ table: 'log_checkpoint', class: 'record', agedBy: 'published_at' },
    holds: 'signed sizes and roots of the transparency log',
    basis: 'proof that history was not rewritten',
    ...{ until: 'the log ends', expiry: { how: 'other', by: 'nothing' } },
  },
  {
    ...{ table: 'log_statement', class: 'record', agedBy: 'logged_at' },
    holds:
      'public statements of hub and trustee, such as which keys they have and have destroyed; votes and steps of actions',
    basis: 'proof of what was said, and when; not about any person',
    until: 'the log ends; of actions 3 years, or as long as the action',
    expiry: rows(
      3 * 365 * DAY_MS,
      `logged_at < $1 AND kind IN ('action', 'vote')
       AND NOT EXISTS (SELECT FROM action_transition t WHERE t.log_index = log_statement.log_index)
       AND NOT EXISTS (SELECT FROM action_vote v WHERE v.log_index = log_statement.log_index)`,
    ),
  },
  {
    ...{ table: 'log_decision', class: 'derived', agedBy: 'decided_at', basis: REPUTATION_BASIS },
    holds: "what was decided of a listing or a member's key, with the salt of its log entry",
    until: '60 days after the decision; of keys 3 years',
    expiry: rows(
      SIGHTING_RETENTION_MS,
      `decided_at < $1 AND (kind = 'listing' OR decided_at < $1 - interval '3 years' + interval '60 days')`,
    ),
  },
  {
    ...{ table: 'statistic_period', class: 'record', agedBy: 'period_end' },
    holds: 'figures of the whole federation at the end of a period with k reporters or more',
    basis: 'publication; not about anybody',
    until: '5 years',
    expiry: rows(5 * 365 * DAY_MS, 'period_end < $1'),
  },
  {
    ...{ table: 'privacy_request', class: 'record', agedBy: 'done_at' },
    holds:
      "that a person's request was answered: its kind, a digest of the subject, case number, reason, counts",
    basis: 'showing that the request was answered',
    until: '3 years',
    expiry: rows(3 * 365 * DAY_MS, 'done_at < $1'),
  },
];
