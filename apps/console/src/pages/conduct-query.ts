import { graphql } from '../graphql/graphql.ts';

export const CONDUCT = graphql(`
  query CodeOfConduct {
    codeOfConduct {
      version
      acceptedAt
    }
  }
`);

export const ACCEPT_CONDUCT = graphql(`
  mutation AcceptConduct($version: String!) {
    acceptConduct(version: $version) {
      version
      acceptedAt
    }
  }
`);
