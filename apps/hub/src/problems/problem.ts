// RFC 9457 problem details, and the one mapping from domain errors to what a caller sees.
import { NotAuthentic } from '@sekisho/auth';
import { EvaluationRefused } from '@sekisho/evaluation';
import { AnswerRefused } from '@sekisho/feedback';
import {
  AlertNotFound,
  AppealRefused,
  EnvelopeReplayed,
  MemberChangeRefused,
  PersonChangeRefused,
  NetworkRefused,
  ReportNotFound,
} from '@sekisho/persistence';
import { CostsInvalid } from '@sekisho/policy';
import { SubjectInvalid } from '@sekisho/subject';
import { SubscriberRefused } from '@sekisho/subscriber';
import { ActionRefused } from '@sekisho/workgroup';
import { AccessDenied } from '../access/errors.js';
import { EndpointRefused } from '../events/push/public-address.js';
import { SignInRefused } from '../people/errors.js';
import { RequestRefused } from './errors.js';

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** For Busy and Unavailable: when to try again. */
  readonly retryAfterSeconds?: number;
}

type KnownError =
  | AccessDenied
  | AppealRefused
  | ActionRefused
  | AlertNotFound
  | AnswerRefused
  | CostsInvalid
  | EndpointRefused
  | EnvelopeReplayed
  | EvaluationRefused
  | MemberChangeRefused
  | NetworkRefused
  | NotAuthentic
  | PersonChangeRefused
  | ReportNotFound
  | RequestRefused
  | SignInRefused
  | SubjectInvalid
  | SubscriberRefused;

const KNOWN = [
  AccessDenied,
  AppealRefused,
  ActionRefused,
  AlertNotFound,
  AnswerRefused,
  CostsInvalid,
  EndpointRefused,
  EnvelopeReplayed,
  EvaluationRefused,
  MemberChangeRefused,
  NetworkRefused,
  NotAuthentic,
  PersonChangeRefused,
  ReportNotFound,
  RequestRefused,
  SignInRefused,
  SubjectInvalid,
  SubscriberRefused,
];

const isKnown = (error: unknown): error is KnownError => KNOWN.some((known) => error instanceof known);

const STATUS: Readonly<Record<KnownError['code'], number>> = {
  'authentication-required': 401,
  'access-denied': 403,
  'csrf-refused': 403,
  'member-not-active': 403,
  'sign-in-refused': 401,
  'invitation-invalid': 401,
  'passkeys-unavailable': 503,
  'origin-refused': 403,
  'person-unknown': 404,
  'role-not-admissible': 400,
  'envelope-malformed': 400,
  'envelope-not-authentic': 401,
  'envelope-replayed': 409,
  'envelope-too-large': 413,
  'token-invalid': 401,
  'client-assertion-invalid': 401,
  'grant-unsupported': 400,
  'enrolment-code-invalid': 401,
  'member-exists': 409,
  'member-unknown': 404,
  'member-suspended': 403,
  'key-in-use': 409,
  'key-superseded': 409,
  'network-taken': 409,
  'report-not-found': 404,
  'subject-malformed': 400,
  'subject-not-registrable': 400,
  'request-malformed': 400,
  'costs-invalid': 400,
  'not-found': 404,
  'alert-unknown': 404,
  'alert-closed': 409,
  'appeal-unknown': 404,
  'appeal-not-listed': 409,
  'appeal-proof': 403,
  'appeal-state': 409,
  'appeal-open-already': 409,
  'appeal-changed': 409,
  'appeal-reviewer-concerned': 403,
  'appeal-not-confirmed': 409,
  'appeal-malformed': 400,
  'action-unknown': 404,
  'action-malformed': 400,
  'action-state': 409,
  'action-changed': 409,
  'not-entitled': 403,
  'not-an-elector': 403,
  recused: 403,
  'conduct-not-accepted': 403,
  'vote-cast': 409,
  'vote-over': 409,
  'schedule-refused': 400,
  'delegation-refused': 409,
  'result-malformed': 400,
  'result-not-authentic': 401,
  'evaluation-malformed': 400,
  'epoch-unknown': 404,
  'epoch-destroyed': 410,
  'evaluation-quota-exceeded': 429,
  'backup-refused': 409,
  'share-unreadable': 503,
  'statement-not-authentic': 502,
  'termination-malformed': 400,
  'reason-not-admissible': 400,
  'expiry-not-admissible': 400,
  'termination-unknown': 404,
  'epoch-not-open': 409,
  'check-malformed': 400,
  'check-quota-exceeded': 429,
  'check-ratio-exceeded': 429,
  'termination-state': 409,
  'case-unknown': 404,
  'case-closed': 409,
  'case-key-fixed': 409,
  'case-full': 409,
  'message-malformed': 400,
  'media-type-unsupported': 415,
  'too-many-subjects': 400,
  'as-of-out-of-range': 400,
  'history-gone': 410,
  'delivered-by-push': 409,
  'endpoint-refused': 400,
  'network-not-owned': 403,
  'range-overlaps': 409,
  'range-unknown': 404,
  'exception-outside': 400,
  'claim-unknown': 404,
  'claim-taken': 409,
  'too-many-requests': 429,
  'hub-busy': 503,
};

const TITLE: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not authenticated',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Conflict',
  410: 'Gone',
  413: 'Too large',
  415: 'Unsupported media type',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Not available',
};

/** The problem that an error is, or undefined for what nobody foresaw. */
export function problemOf(error: unknown): Problem | undefined {
  if (isKnown(error)) {
    const retry = 'retryAfterSeconds' in error ? error.retryAfterSeconds : undefined;
    return problem(STATUS[error.code], error.code, error.message, retry);
  }
  return frameworkProblem(error);
}

function problem(status: number, code: string, detail: string, retryAfterSeconds?: number): Problem {
  return {
    type: `urn:sekisho:problem:${code}`,
    title: TITLE[status] ?? 'Error',
    ...{ status, code, detail },
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  };
}

/** Fastify and Nest refuse some requests before our code sees them. */
function frameworkProblem(error: unknown): Problem | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, statusCode, getStatus } = error as Error & {
    code?: unknown;
    statusCode?: unknown;
    getStatus?: () => number;
  };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return problem(
      413,
      'envelope-too-large',
      'the body is larger than this endpoint accepts; send smaller envelopes',
    );
  }
  const status = typeof getStatus === 'function' ? getStatus.call(error) : statusCode;
  if (typeof status !== 'number' || status < 400 || status >= 500) return undefined;
  const known: Record<number, string> = {
    404: 'not-found',
    415: 'media-type-unsupported',
    429: 'too-many-requests',
  };
  return problem(status, known[status] ?? 'request-malformed', error.message);
}

export function internalProblem(errorId: string): Problem & { errorId: string } {
  return {
    ...problem(500, 'internal-error', `something went wrong here; quote ${errorId} to the hub operator`),
    errorId,
  };
}
