import { Button } from "@mantine/core";
import { useState } from "react";
import { useMutation } from "urql";

import { When } from "../../app/When";
import { RevokeInvitationDocument, type OpenInvitationsQuery } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { failureOf } from "../../lib/failures";
import { Ahead } from "./Ahead";
import { roleLabel } from "./roles";

type Invitation = OpenInvitationsQuery["invitations"][number];

/** Links that nobody has used yet, each with the button that ends it; the links themselves are stored nowhere. */
export function Invitations({ invitations, changed }: { invitations: Invitation[]; changed: () => void }) {
  const [{ fetching }, revoke] = useMutation(RevokeInvitationDocument);
  const [problem, setProblem] = useState("");
  const end = async (id: string) => {
    const { data, error } = await revoke({ invitation: id });
    setProblem(error ? sentence(error) : (failureOf(data?.ended)?.message ?? ""));
    changed();
  };
  if (!invitations.length && !problem) return null;
  return (
    <section className="stack tight" aria-labelledby="invitations">
      <h3 id="invitations">Open invitations</h3>
      {problem && (
        <p role="alert" className="bad">
          {problem}
        </p>
      )}
      <ul className="plain lines">
        {invitations.map((each) => (
          <li key={each.id} className="row">
            <span>
              {roleLabel(each.role)}
              {each.judge && (
                <>
                  {" "}
                  who judges as <strong className="name">{each.judge}</strong>
                </>
              )}
              {each.user && ", again"}
            </span>
            <span className="soft small">
              made <When at={each.createdAt} />, ends <Ahead at={each.expiresAt} />
            </span>
            <Button size="compact-sm" variant="default" disabled={fetching} onClick={() => void end(each.id)} aria-label={`Revoke the invitation of ${each.judge ?? `a ${roleLabel(each.role).toLowerCase()}`}`}>
              Revoke
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
