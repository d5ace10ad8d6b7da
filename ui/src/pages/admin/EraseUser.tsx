import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useMutation } from "urql";
import { Link } from "wouter";

import { Dialog } from "../../app/Dialog";
import { Day } from "../../app/When";
import { EraseUserDocument, type EraseUserMutation } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { failureOf, type Failure } from "../../lib/failures";
import { Refused } from "./Refused";
import { confirmation } from "./roles";

type Receipt = Extract<EraseUserMutation["eraseUser"], { __typename: "Erasure" }>;

/** Erases a user from every module, once a part of the id was typed; then shows what is to be kept as the receipt. */
export function EraseUser({ user }: { user: string }) {
  const [asking, setAsking] = useState(false);
  const [typed, setTyped] = useState("");
  const [receipt, setReceipt] = useState<Receipt | null>(null);
  const [refused, setRefused] = useState<{ failure: Failure | null; message: string } | null>(null);
  const [{ fetching }, erase] = useMutation(EraseUserDocument);
  const wanted = confirmation(user);
  const go = async () => {
    const { data, error } = await erase({ user });
    const found = data?.eraseUser;
    if (found?.__typename === "Erasure") {
      setReceipt(found);
      setRefused(null);
      setAsking(false);
    } else setRefused({ failure: failureOf(found), message: error ? sentence(error) : "" });
  };
  if (receipt) {
    return (
      <p role="status" className="good">
        Being erased, by{" "}
        <Day at={receipt.dueAt} /> at the latest. The receipt is <code>{receipt.id}</code>: <Link to="/admin/erasures">Erasures</Link> says when every module has confirmed it.
      </p>
    );
  }
  return (
    <>
      <Button size="compact-sm" color="red" variant="outline" className="start" onClick={() => setAsking(true)}>
        Erase this user
      </Button>
      <Dialog title="Erase this user for good?" opened={asking} close={() => setAsking(false)}>
        <p>
          Profile, consents, sessions and everything else that names this user is deleted in every module, and the key that seals it is destroyed, so that no
          backup brings it back. There is no way back. What was answered as a judge stays, under the judge’s name.
        </p>
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            if (typed.trim() === wanted && !fetching) void go();
          }}
        >
          <TextInput
            label={`Type ${wanted} to confirm`}
            autoComplete="off"
            spellCheck={false}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          {refused && <Refused failure={refused.failure} message={refused.message} what="erase this user" again={() => void go()} leave={() => setRefused(null)} />}
          <div className="row">
            <Button type="submit" color="red" loading={fetching} disabled={typed.trim() !== wanted}>
              Erase for good
            </Button>
            <Button variant="default" onClick={() => setAsking(false)}>
              Leave it
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
