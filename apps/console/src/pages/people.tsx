import { rolesInvitedBy, rolesRemovedBy, type PersonRole } from '@sekisho/access';
import { useMemo, useState, type SyntheticEvent } from 'react';
import { useMutation, useQuery } from 'urql';
import { codeOf } from '../graphql/client.ts';
import { graphql, type ResultOf, type VariablesOf } from '../graphql/graphql.ts';
import { useLanguage, type Speech } from '../language/use-language.ts';
import type { Column } from '../parts/data-table.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Field, Search, Select } from '../parts/fields.tsx';
import { List } from '../parts/list-page.tsx';
import { spelled, Time } from '../parts/marks.tsx';
import { Fault } from '../parts/notes.tsx';
import { Page, Panel } from '../parts/page.tsx';
import { useUrlState } from '../parts/use-url-state.ts';
import { useSession } from '../session/session-store.ts';

const PEOPLE = graphql(`
  query People {
    people {
      id
      name
      role
      memberId
      createdAt
      lastSeenAt
    }
  }
`);

const INVITE = graphql(`
  mutation InvitePerson($name: String!, $role: PersonRole!, $memberId: ID) {
    invitePerson(name: $name, role: $role, memberId: $memberId) {
      personId
      code
      link
      expiresAt
    }
  }
`);

const REMOVE = graphql(`
  mutation RemovePerson($id: ID!) {
    removePerson(id: $id)
  }
`);

type PersonRow = ResultOf<typeof PEOPLE>['people'][number];
type Role = VariablesOf<typeof INVITE>['role'];

const DEFAULTS = { q: '', role: '', sort: 'name.asc' };
const inCapitals = (role: PersonRole) => role.replace('-', '_').toUpperCase() as Role;

function columnsFor(
  { t, word, format, language }: Speech,
  mayRemove: (person: PersonRow) => boolean,
  remove: (person: PersonRow) => void,
): Column<PersonRow>[] {
  const order = new Intl.Collator(language);
  return [
    {
      id: 'name',
      header: t('column.name'),
      width: 'minmax(9rem, 2fr)',
      isMain: true,
      cell: ({ name }) => <span title={name}>{name}</span>,
      text: ({ name }) => name,
      compare: (a, b) => order.compare(a.name, b.name),
    },
    {
      id: 'role',
      header: t('column.role'),
      width: 'minmax(7rem, 1fr)',
      isMain: true,
      cell: ({ role }) => word('role', spelled(role)),
      text: ({ role }) => spelled(role),
      compare: 'text',
    },
    {
      id: 'member',
      header: t('column.member'),
      width: 'minmax(7rem, 1fr)',
      cell: ({ memberId }) => (memberId === null ? '–' : <code>{memberId}</code>),
      text: ({ memberId }) => memberId ?? '',
      compare: 'text',
    },
    {
      id: 'lastSeenAt',
      header: t('column.lastSignIn'),
      width: '9rem',
      cell: ({ lastSeenAt }) => <Time at={lastSeenAt} isShort />,
      text: ({ lastSeenAt }) => lastSeenAt,
      compare: 'text',
    },
    {
      id: 'createdAt',
      header: t('column.since'),
      width: '8rem',
      cell: ({ createdAt }) => format.date(createdAt),
      text: ({ createdAt }) => createdAt,
      compare: 'text',
    },
    {
      id: 'remove',
      header: t('column.actions'),
      width: '7rem',
      isMain: true,
      cell: (person) =>
        mayRemove(person) ? (
          <button
            type="button"
            className="link"
            onClick={() => {
              remove(person);
            }}
          >
            {t('people.remove')}
          </button>
        ) : (
          '–'
        ),
      text: () => '',
    },
  ];
}

export default function People() {
  const speech = useLanguage();
  const { t, word } = speech;
  const { person: self } = useSession();
  const [filter, setFilter] = useUrlState(DEFAULTS);
  const [{ data, fetching, error }, refresh] = useQuery({
    query: PEOPLE,
    requestPolicy: 'cache-and-network',
  });
  const [removing, setRemoving] = useState<PersonRow>();
  const columns = useMemo(() => {
    const removable = rolesRemovedBy(self.role as PersonRole);
    return columnsFor(
      speech,
      ({ id, role }) => id !== self.id && removable.some((one) => one === spelled(role)),
      setRemoving,
    );
  }, [speech, self]);
  const all = useMemo(() => data?.people ?? [], [data]);
  const rows = useMemo(() => {
    const text = filter.q.trim().toLowerCase();
    return all.filter(
      ({ name, memberId, role }) =>
        `${name} ${memberId ?? ''}`.toLowerCase().includes(text) &&
        (filter.role === '' || role === filter.role),
    );
  }, [all, filter]);
  return (
    <Page title={t('people.title')} lead={t('people.lead')}>
      <Invite />
      <List
        label={t('people.title')}
        {...{ columns, rows }}
        total={all.length}
        keyOf={({ id }) => id}
        sort={filter.sort}
        onSort={(sort) => {
          setFilter({ sort });
        }}
        isLoading={fetching && !data}
        error={error && codeOf(error)}
        empty={t('people.empty')}
        csvName="sekisho-people"
        filters={
          <>
            <Search
              label={t('people.search')}
              value={filter.q}
              onChange={(q) => {
                setFilter({ q });
              }}
            />
            <Select
              label={t('column.role')}
              value={filter.role}
              options={[
                ['', t('filter.allRoles')],
                ...[...new Set(all.map(({ role }) => role))].map(
                  (role) => [role, word('role', spelled(role))] as const,
                ),
              ]}
              onChange={(role) => {
                setFilter({ role });
              }}
            />
          </>
        }
      />
      {removing && (
        <Removal
          person={removing}
          onClose={(isDone) => {
            setRemoving(undefined);
            if (isDone) refresh({ requestPolicy: 'network-only' });
          }}
        />
      )}
    </Page>
  );
}

function Invite() {
  const { t, word, format } = useLanguage();
  const { person, member } = useSession();
  const roles = rolesInvitedBy(person.role as PersonRole);
  const [name, setName] = useState('');
  const [role, setRole] = useState<PersonRole>(roles[0] ?? 'abuse-desk');
  const [memberId, setMemberId] = useState('');
  const [{ data, error, fetching }, invite] = useMutation(INVITE);
  const send = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (fetching) return;
    const given = { name: name.trim(), role: inCapitals(role), memberId: member ? null : memberId.trim() };
    const { error: refusal } = await invite(given);
    // Cleared only when it was taken: the same person is not invited twice by a second click.
    if (!refusal) setName('');
  };
  if (roles.length === 0) return null;
  const invitation = data?.invitePerson;
  return (
    <Panel title={t('people.invite')}>
      <form className="form" onSubmit={(event) => void send(event)}>
        <Field label={t('people.name')}>
          {(ids) => (
            <input
              {...ids}
              required
              maxLength={100}
              autoComplete="off"
              value={name}
              onChange={(event) => {
                setName(event.target.value);
              }}
            />
          )}
        </Field>
        <Select
          isLabelShown
          label={t('column.role')}
          value={role}
          options={roles.map((one) => [one, word('role', one)] as const)}
          onChange={(next) => {
            setRole(roles.find((one) => one === next) ?? role);
          }}
        />
        {!member && (
          <Field label={t('people.memberId')}>
            {(ids) => (
              <input
                {...ids}
                required
                maxLength={100}
                autoComplete="off"
                spellCheck={false}
                value={memberId}
                onChange={(event) => {
                  setMemberId(event.target.value);
                }}
              />
            )}
          </Field>
        )}
        <button type="submit" className="primary" disabled={fetching}>
          {t('people.send')}
        </button>
      </form>
      {error && <Fault code={codeOf(error)} detail={error.message} />}
      {invitation && (
        <div className="note good" role="status">
          <p>{t('people.invited', { until: format.dateTime(invitation.expiresAt) })}</p>
          <code>{invitation.link}</code>
        </div>
      )}
    </Panel>
  );
}

function Removal({
  person,
  onClose,
}: {
  readonly person: PersonRow;
  readonly onClose: (isDone: boolean) => void;
}) {
  const { t } = useLanguage();
  const [{ error, fetching }, remove] = useMutation(REMOVE);
  return (
    <Dialog
      title={t('people.removeTitle')}
      onClose={() => {
        onClose(false);
      }}
    >
      <p>{t('people.removeLead', { name: person.name })}</p>
      {error && <Fault code={codeOf(error)} detail={error.message} />}
      <button
        type="button"
        className="danger"
        disabled={fetching}
        onClick={() => {
          void remove({ id: person.id }).then((result) => {
            if (!result.error) onClose(true);
          });
        }}
      >
        {t('people.confirmRemove')}
      </button>
    </Dialog>
  );
}
