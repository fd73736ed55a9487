import { graphql, type ResultOf, type VariablesOf } from '../graphql/graphql.ts';

export const EVENT_STREAM = graphql(`
  query EventStream {
    eventStream {
      endpoint
      hasAuthorization
      status
      failures
      nextAttemptAt
      lastError
      mail {
        address
        format
        language
      }
    }
    refusedEvents {
      jti
      type
      refused
      madeAt
    }
  }
`);

export const SET_ENDPOINT = graphql(`
  mutation SetEventEndpoint($endpoint: String, $authorization: String) {
    setEventEndpoint(endpoint: $endpoint, authorization: $authorization) {
      endpoint
      status
    }
  }
`);

export const SET_MAIL = graphql(`
  mutation SetEventMail($address: String, $format: MailFormat!, $language: MailLanguage!) {
    setEventMail(address: $address, format: $format, language: $language) {
      status
      mail {
        address
      }
    }
  }
`);

export const SET_STATUS = graphql(`
  mutation SetEventStatus($status: EventStreamStatus!) {
    setEventStatus(status: $status) {
      status
    }
  }
`);

export const VERIFY = graphql(`
  mutation VerifyEventStream($state: String!) {
    verifyEventStream(state: $state) {
      status
    }
  }
`);

export const TAKE_UP = graphql(`
  mutation TakeUpRefusedEvents {
    takeUpRefusedEvents {
      status
      failures
    }
  }
`);

export type EventStream = ResultOf<typeof EVENT_STREAM>['eventStream'];
export type RefusedEvent = ResultOf<typeof EVENT_STREAM>['refusedEvents'][number];
export type MailFormat = VariablesOf<typeof SET_MAIL>['format'];
export type MailLanguage = VariablesOf<typeof SET_MAIL>['language'];
