import { Button, Select, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useMutation, useQuery } from "urql";
import { Link, useSearchParams } from "wouter";

import { Paged } from "../../app/Paged";
import { When } from "../../app/When";
import { GrantRoleDocument, OpenInvitationsDocument, UsersDocument, type Role, type UsersQuery } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { serverNow } from "../../lib/clock";
import { failureOf, type Failure } from "../../lib/failures";
import { counted } from "../../lib/format";
import { withParameter } from "../../lib/parameters";
import { useTitle } from "../../lib/title";
import { useTyped } from "../../lib/useTyped";
import { AdminHead } from "./AdminHead";
import { EraseUser } from "./EraseUser";
import { Invitations } from "./Invitations";
import { Invite } from "./Invite";
import { MakeToken } from "./MakeToken";
import { Refused } from "./Refused";
import { counts, ROLES, roleLabel } from "./roles";
import { Credentials } from "./Credentials";
import { LosingAdmin } from "./LosingAdmin";
import { UserDataPart } from "./UserDataPart";

type User = UsersQuery["users"]["nodes"][number];

/** Everybody who may sign in, what each may do, and the sessions and tokens they do it with. */
export function UsersPage() {
  useTitle("Users");
  const [params, setParams] = useSearchParams();
  const role = ROLES.find((each) => each.value === params.get("role"))?.value ?? null;
  const opened = params.get("user");
  const [open, refresh] = useQuery({ query: OpenInvitationsDocument, requestPolicy: "cache-and-network" });
  const look = () => refresh({ requestPolicy: "network-only" });
  const [made, setMade] = useState(0);
  const [typed, setTyped] = useTyped("search");
  const [search] = useDebouncedValue(typed.trim(), 250);
  const set = (key: string, value: string | null) => setParams((before) => withParameter(before, key, value || null));
  return (
    <div className="stack">
      <AdminHead at="users" />
      <Invite changed={look}>
        <Invitations invitations={open.data?.invitations ?? []} changed={look} />
      </Invite>
      <MakeToken changed={() => setMade((before) => before + 1)} />
      <div className="row end" role="search">
        <TextInput
          className="grow"
          label="Judge or id"
          description="A part of the name that somebody judges as, or of a user’s id. Users’ own names and addresses are sealed, and nobody can search them."
          type="search"
          placeholder="anna, or 3f9c"
          maxLength={80}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Select label="Role" placeholder="any" clearable data={ROLES} value={role} onChange={(value) => set("role", value)} />
      </div>
      <Paged
        key={made}
        what="users"
        query={UsersDocument}
        variables={{ role, search: search || null }}
        pick={(data) => data.users}
        rows={(users, changed, { me }) => <Rows users={users} me={me} opened={opened} open={(user) => set("user", user)} changed={changed} />}
        empty={search ? "Nobody is like that: take a part of the search away." : "Nobody has this role."}
      />
    </div>
  );
}

interface RowsProps {
  users: User[];
  me: UsersQuery["me"];
  opened: string | null;
  open: (user: string | null) => void;
  changed: () => void;
}

function Rows({ users, opened, ...given }: RowsProps) {
  return (
    <div className="scroll">
      <table className="list cards">
        <caption className="unseen">Users</caption>
        <thead>
          <tr>
            <th scope="col">User</th>
            <th scope="col">Role</th>
            <th scope="col">Judges as</th>
            <th scope="col">Since</th>
            <th scope="col">Last seen</th>
            <th scope="col">Signed in by</th>
          </tr>
        </thead>
        <tbody>
          {users.map((user) => (
            <Row key={user.id} user={user} isOpen={opened === user.id} {...given} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  user: User;
  me: UsersQuery["me"];
  isOpen: boolean;
  open: (user: string | null) => void;
  changed: () => void;
}

function Row({ user, me, isOpen, open, changed }: RowProps) {
  const isMe = user.id === me.subject;
  const live = user.credentials.filter((each) => counts(each, serverNow()));
  const [wanted, setWanted] = useState<Role | null>(null);
  const [refused, setRefused] = useState<{ failure: Failure | null; message: string } | null>(null);
  const [asking, setAsking] = useState(false);
  const [{ fetching }, grant] = useMutation(GrantRoleDocument);
  const give = async (role: Role) => {
    setAsking(false);
    setWanted(role);
    const result = await grant({ user: user.id, role });
    const failure = failureOf(result.data?.grantRole);
    if (failure || result.error) {
      setRefused({ failure, message: result.error ? sentence(result.error) : "" });
      return;
    }
    setRefused(null);
    setWanted(null);
    changed();
  };
  const choose = (role: Role) => {
    if (role === user.role) {
      setWanted(null);
      setRefused(null);
    } else if (isMe) {
      setWanted(role);
      setAsking(true);
    } else void give(role);
  };
  return (
    <>
      <tr>
        <td>
          <div className="name">
            <code title={user.id}>{shortId(user.id)}</code> {isMe && <span className="soft">you</span>}
          </div>
        </td>
        <td data-label="Role">
          <Select
            aria-label={`Role of ${shortId(user.id)}`}
            size="xs"
            className="narrow"
            allowDeselect={false}
            data={ROLES}
            value={wanted ?? user.role}
            disabled={fetching}
            onChange={(value) => choose(value as Role)}
          />
          {refused && (
            <Refused
              failure={refused.failure}
              message={refused.message}
              again={() => void give(wanted ?? user.role)}
              leave={() => {
                setRefused(null);
                setWanted(null);
              }}
              what={`${roleLabel(user.role)} to ${roleLabel(wanted ?? user.role)}`}
            />
          )}
        </td>
        <td data-label="Judges as">{user.judge ? <span className="name">{user.judge}</span> : <span className="soft">nobody</span>}</td>
        <td data-label="Since" className="nowrap">
          <When at={user.createdAt} />
        </td>
        <td data-label="Last seen" className="nowrap">{user.lastSeenAt ? <When at={user.lastSeenAt} /> : <span className="soft">never</span>}</td>
        <td data-label="Signed in by">
          <Button size="compact-sm" variant="subtle" aria-expanded={isOpen} onClick={() => open(isOpen ? null : user.id)}>
            {live.length ? counted(live.length, "session or token", "sessions and tokens") : "nothing"}
          </Button>
        </td>
      </tr>
      {isOpen && (
        <tr>
          <td colSpan={6}>
            <div className="stack">
            <Credentials credentials={user.credentials} mine={me.credential} changed={changed} />
            <UserDataPart user={user.id} />
            <p className="small">
              <Link to={`/admin/audit?actor=${encodeURIComponent(user.id)}`}>What this user did</Link>
            </p>
            {!isMe && <EraseUser user={user.id} />}
            </div>
          </td>
        </tr>
      )}
      <LosingAdmin
        opened={asking}
        role={wanted ?? user.role}
        close={() => {
          setAsking(false);
          setWanted(null);
        }}
        go={() => void give(wanted ?? user.role)}
      />
    </>
  );
}

/** The first part of a random id: enough to tell users apart by eye, the whole one stands on hover. */
function shortId(id: string): string {
  return id.length > 16 ? `${id.slice(0, 12)}…` : id;
}
