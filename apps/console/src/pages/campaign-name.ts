interface Named {
  readonly id: string;
  readonly fromDomains: readonly { readonly subject: string }[];
  readonly linkedHosts: readonly { readonly subject: string }[];
}

/** What a person calls a campaign by: the domain that most members saw in From, else a host it links to, else its id. */
export const campaignName = ({ id, fromDomains, linkedHosts }: Named): string =>
  fromDomains[0]?.subject ?? linkedHosts[0]?.subject ?? id.slice(0, 8);
