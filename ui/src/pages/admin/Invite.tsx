import { Button, Select, TextInput } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useMutation } from "urql";

import { Day } from "../../app/When";
import { InviteUserDocument, type InviteUserMutation, type Role } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { failureOf, type Failure } from "../../lib/failures";
import { useStored } from "../../lib/stored";
import { CopyButton } from "./CopyButton";
import { Refused } from "./Refused";
import { judgeId, ROLES, roleLabel } from "./roles";

type Invitation = Extract<InviteUserMutation["inviteUser"], { __typename: "Invitation" }>;

/** A link for one person, shown once, since the server keeps no copy of it. */
export function Invite({ changed, children }: { changed: () => void; children?: ReactNode }) {
  const [role, setRole] = useStored<Role>("invite-role", "JUDGE");
  const [judge, setJudge] = useStored("invite-judge", "");
  const [made, setMade] = useState<Invitation | null>(null);
  const [refused, setRefused] = useState<{ failure: Failure | null; message: string } | null>(null);
  const [{ fetching }, invite] = useMutation(InviteUserDocument);
  const isAboutJudge = refused?.failure?.path.includes("judge") ?? false;
  const go = async () => {
    const result = await invite({ role, judge: judgeId(judge) });
    const failure = failureOf(result.data?.inviteUser);
    if (result.data?.inviteUser.__typename === "Invitation") {
      setMade(result.data.inviteUser);
      setRefused(null);
      setJudge("");
      changed();
    } else setRefused({ failure, message: result.error ? sentence(result.error) : "" });
  };
  return (
    <section className="card stack" aria-labelledby="invite">
      <h2 id="invite">Invite somebody</h2>
      <form
        className="row end"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!fetching) void go();
        }}
      >
        <Select label="Role" data={ROLES} value={role} allowDeselect={false} onChange={(value) => setRole(value as Role)} />
        <TextInput
          label="Judges as"
          placeholder="anna, or nothing"
          autoComplete="off"
          spellCheck={false}
          value={judge}
          onChange={(event) => setJudge(event.currentTarget.value)}
          error={isAboutJudge ? refused?.failure?.message : undefined}
        />
        <Button type="submit" loading={fetching}>
          Make a link
        </Button>
      </form>
      {refused && !isAboutJudge && (
        <Refused
          failure={refused.failure}
          message={refused.message}
          what={`invite an ${roleLabel(role).toLowerCase()}`}
          again={() => void go()}
          leave={() => setRefused(null)}
        />
      )}
      {made && <Made invitation={made} />}
      {children}
    </section>
  );
}

function Made({ invitation }: { invitation: Invitation }) {
  const address = location.origin + invitation.signInPath;
  return (
    <div className="stack tight" role="status">
      <p>
        Send this to one person. It makes {invitation.role === "ADMIN" ? "an admin" : `a ${roleLabel(invitation.role).toLowerCase()}`}
        {invitation.judge && ` who judges as ${invitation.judge}`}, works once, until{" "}
        <Day at={invitation.expiresAt} />
        , and is shown only now.
      </p>
      <div className="row">
        <code className="secret">{address}</code>
        <CopyButton text={address} />
      </div>
    </div>
  );
}
