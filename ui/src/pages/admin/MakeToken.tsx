import { Button, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { useMutation } from "urql";

import { Day } from "../../app/When";
import { MakeTokenDocument, type MakeTokenMutation, type Role } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { failureOf, type Failure } from "../../lib/failures";
import { CopyButton } from "./CopyButton";
import { Refused } from "./Refused";
import { judgeId, ROLES, roleLabel } from "./roles";

type Token = Extract<MakeTokenMutation["makeToken"], { __typename: "NewToken" }>;
const DAYS = [
  { value: "1", label: "a day" },
  { value: "7", label: "a week" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
];

/** A token for a script, shown once; it acts as the service account of its role, in whose row it can be ended. */
export function MakeToken({ changed }: { changed: () => void }) {
  const [role, setRole] = useState<Role>("USER");
  const [days, setDays] = useState("1");
  const [judge, setJudge] = useState("");
  const [made, setMade] = useState<Token | null>(null);
  const [refused, setRefused] = useState<{ failure: Failure | null; message: string } | null>(null);
  const [{ fetching }, make] = useMutation(MakeTokenDocument);
  const isAboutJudge = refused?.failure?.path.includes("judge") ?? false;
  const go = async () => {
    setMade(null);
    const { data, error } = await make({ role, days: Number(days), judge: judgeId(judge) });
    if (data?.makeToken.__typename === "NewToken") {
      setMade(data.makeToken);
      setRefused(null);
      changed();
    } else setRefused({ failure: failureOf(data?.makeToken), message: error ? sentence(error) : "" });
  };
  return (
    <section className="card stack" aria-labelledby="token">
      <h2 id="token">Make a token for a script</h2>
      <form
        className="row end"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!fetching) void go();
        }}
      >
        <Select label="What it may do" data={ROLES} value={role} allowDeselect={false} onChange={(value) => setRole(value as Role)} />
        <Select label="It counts for" data={DAYS} value={days} allowDeselect={false} onChange={(value) => setDays(value ?? "1")} />
        <TextInput
          label="It answers as judge"
          placeholder="a name, or nothing"
          autoComplete="off"
          spellCheck={false}
          value={judge}
          onChange={(event) => setJudge(event.currentTarget.value)}
          error={isAboutJudge ? refused?.failure?.message : undefined}
        />
        <Button type="submit" loading={fetching}>
          Make a token
        </Button>
      </form>
      {refused && !isAboutJudge && <Refused failure={refused.failure} message={refused.message} what={`make a token of the role ${roleLabel(role)}`} again={() => void go()} leave={() => setRefused(null)} />}
      {made && (
        <div className="stack tight" role="status">
          <p>
            Send it as <code>Authorization: Bearer …</code>. It acts as <code>{made.user}</code> until{" "}
            <Day at={made.expiresAt} />
            , can be ended in that user&rsquo;s row below, and is shown only now.
          </p>
          <div className="row">
            <code className="secret token">{made.secret}</code>
            <CopyButton text={made.secret} />
            <Button size="xs" variant="default" onClick={() => setMade(null)}>
              Hide it
            </Button>
          </div>
        </div>
      )}
    </section>
  );
}
