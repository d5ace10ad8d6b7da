import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useMutation } from "urql";

import { Dialog } from "../../app/Dialog";
import { Paged } from "../../app/Paged";
import { When } from "../../app/When";
import { LiftSuppressionDocument, SuppressAddressDocument, SuppressionsDocument, type SuppressionsQuery } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { failureOf } from "../../lib/failures";
import { useTitle } from "../../lib/title";
import { AdminHead } from "./AdminHead";

type Suppression = SuppressionsQuery["suppressions"]["nodes"][number];

/** What is read anew after a change, an empty list too. */
const LISTS = { additionalTypenames: ["SuppressionConnection"] };

const REASONS: Record<string, string> = { bounce: "its mail came back", complaint: "its owner complained", admin: "an admin left it out" };

/** Mail addresses that get no mail, as keyed hashes: one is added or taken out by typing it, and shown nowhere. */
export function SuppressionsPage() {
  useTitle("Suppression list");
  return (
    <div className="stack">
      <AdminHead at="suppressions" />
      <p className="soft">
        Addresses that get no mail. What is stored is a keyed hash of each, so that the list names nobody: type an address to add it, or to let it have mail again.
      </p>
      <Change />
      <Paged
        what="suppression list"
        query={SuppressionsDocument}
        variables={{}}
        pick={(data) => ({ ...data.suppressions, totalCount: data.counted.totalCount })}
        rows={(rows) => <Rows rows={rows} />}
        empty="Every address gets mail."
      />
    </div>
  );
}

/** One address to add or to take out; it stays in this field alone. */
function Change() {
  const [address, setAddress] = useState("");
  const [asking, setAsking] = useState(false);
  const [said, setSaid] = useState<{ text: string; isBad: boolean } | null>(null);
  const [adding, suppress] = useMutation(SuppressAddressDocument);
  const [lifting, lift] = useMutation(LiftSuppressionDocument);
  const typed = address.trim();
  const done = (found: object | null | undefined, error: Parameters<typeof sentence>[0] | undefined, text: string) => {
    setAsking(false);
    const failure = failureOf(found);
    if (failure || error || !found) return setSaid({ text: failure?.message ?? (error ? sentence(error) : "Nothing was changed."), isBad: true });
    setSaid({ text, isBad: false });
    return setAddress("");
  };
  const add = async () => {
    const { data, error } = await suppress({ address: typed }, LISTS);
    done(data?.suppressAddress, error, "It gets no mail from now on.");
  };
  const take = async () => {
    const { data, error } = await lift({ address: typed }, LISTS);
    done(data?.liftSuppression, error, "It gets mail again, once its user has confirmed it.");
  };
  return (
    <>
      <form
        className="row end"
        onSubmit={(event) => {
          event.preventDefault();
          if (typed && !adding.fetching) void add();
        }}
      >
        <TextInput
          label="Mail address"
          placeholder="name@example.org"
          type="email"
          autoComplete="off"
          spellCheck={false}
          value={address}
          onChange={(event) => setAddress(event.currentTarget.value)}
        />
        <Button type="submit" loading={adding.fetching} disabled={!typed}>
          Send it no mail
        </Button>
        <Button variant="default" disabled={!typed} onClick={() => setAsking(true)}>
          Let it have mail again
        </Button>
        <span role="status" className={said?.isBad ? "bad" : "soft"}>
          {said?.text}
        </span>
      </form>
      <Dialog title="Let this address have mail again?" opened={asking} close={() => setAsking(false)}>
        <p>
          If its mail came back or its owner complained, mail to it harms the name of this server with other mail servers. Do it when you know that the address
          works and its owner wants mail.
        </p>
        <div className="row">
          <Button loading={lifting.fetching} onClick={() => void take()}>
            Take it out
          </Button>
          <Button variant="default" onClick={() => setAsking(false)}>
            Leave it
          </Button>
        </div>
      </Dialog>
    </>
  );
}

function Rows({ rows }: { rows: Suppression[] }) {
  return (
    <div className="scroll">
      <table className="list cards">
        <caption className="unseen">Suppression list</caption>
        <thead>
          <tr>
            <th scope="col">Address</th>
            <th scope="col">Why</th>
            <th scope="col">Since</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td data-label="Address">
                <code title={row.id}>{row.id.slice(0, 12)}</code>
              </td>
              <td data-label="Why">{REASONS[row.reason] ?? row.reason}</td>
              <td data-label="Since">
                <When at={row.addedAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
