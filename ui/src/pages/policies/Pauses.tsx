import { Button, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { useMutation, useQuery } from "urql";

import { Loading } from "../../app/Loading";
import { Problem } from "../../app/Problem";
import { When } from "../../app/When";
import { PauseTipsDocument, ResumeTipsDocument, TipPausesDocument, type PausedThing, type TipPausesQuery } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { count } from "../../lib/format";
import { OF_PAUSES } from "./answers";
import { ReasonDialog } from "../../app/ReasonDialog";
import { refusal } from "../../lib/refusal";

type Pause = TipPausesQuery["tipPauses"][number];

const THINGS: { value: PausedThing; label: string }[] = [
  { value: "TIP", label: "Tip" },
  { value: "CELL", label: "Cell" },
];
/** Rows that are drawn before somebody wants all. */
const FEW = 50;

/** What is drawn of nobody: tips and cells that an admin took out, and the way to take one out by its name. */
export function Pauses() {
  const [{ data, error, fetching }, refresh] = useQuery({ query: TipPausesDocument, context: OF_PAUSES });
  return (
    <section className="stack tight" aria-labelledby="pauses">
      <h2 id="pauses">Paused tips and cells</h2>
      <PauseByName />
      {error && (
        <Problem title={data ? "This may be old" : "The pauses could not be read"} again={() => refresh({ requestPolicy: "network-only" })}>
          {sentence(error)}
        </Problem>
      )}
      {!data && fetching && <Loading what="pauses" rows={1} />}
      {data && !data.tipPauses.length && <p className="card empty">Nothing is paused.</p>}
      {data && data.tipPauses.length > 0 && <Rows pauses={data.tipPauses} />}
    </section>
  );
}

function PauseByName() {
  const [kind, setKind] = useState<PausedThing>("TIP");
  const [name, setName] = useState("");
  const [asking, setAsking] = useState(false);
  const [, pause] = useMutation(PauseTipsDocument);
  const typed = name.trim();
  return (
    <>
      <form
        className="row end"
        onSubmit={(event) => {
          event.preventDefault();
          if (typed) setAsking(true);
        }}
      >
        <Select label="What" className="narrow" data={THINGS} value={kind} allowDeselect={false} onChange={(value) => setKind(value as PausedThing)} />
        <TextInput
          className="grow"
          label={kind === "TIP" ? "Id of the tip" : "Cell"}
          placeholder={kind === "TIP" ? "as decisions name it" : "MODEL/PROMPT"}
          autoComplete="off"
          spellCheck={false}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" disabled={!typed}>
          Pause by name
        </Button>
      </form>
      <ReasonDialog
        title={`Pause the ${kind.toLowerCase()} ${typed}?`}
        go="Pause it"
        opened={asking}
        close={() => setAsking(false)}
        act={async (reason) => {
          const { data, error } = await pause({ kind, name: typed, reason }, OF_PAUSES);
          const why = refusal(data?.pauseTips, error);
          if (!why) setName("");
          return why;
        }}
      >
        <p>Nothing of it is drawn from the next request on, until it is resumed.</p>
      </ReasonDialog>
    </>
  );
}

function Rows({ pauses }: { pauses: readonly Pause[] }) {
  const [isAll, setAll] = useState(false);
  const [resuming, resume] = useMutation(ResumeTipsDocument);
  const [refused, setRefused] = useState("");
  const shown = isAll ? pauses : pauses.slice(0, FEW);
  const go = async ({ kind, name }: Pause) => {
    const { data, error } = await resume({ kind, name }, OF_PAUSES);
    setRefused(refusal(data?.resumeTips, error) ?? "");
  };
  return (
    <>
      {refused && (
        <p role="alert" className="bad">
          {refused}
        </p>
      )}
      <div className="scroll">
        <table className="list cards">
          <caption className="unseen">Paused tips and cells</caption>
          <thead>
            <tr>
              <th scope="col">Paused</th>
              <th scope="col">Since</th>
              <th scope="col">Why</th>
              <th scope="col">
                <span className="unseen">Resume</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((each) => (
              <tr key={`${each.kind} ${each.name}`}>
                <td data-label="Paused">
                  <span className="name">{each.name}</span> <span className="soft small">{each.kind.toLowerCase()}</span>
                </td>
                <td data-label="Since">
                  <When at={each.at} />
                  <div className="soft small">
                    by <code>{each.by || "an admin who was erased"}</code>
                  </div>
                </td>
                <td data-label="Why">
                  <div className="said-text">{each.reason}</div>
                </td>
                <td>
                  <Button size="compact-sm" variant="default" aria-label={`Resume ${each.name}`} disabled={resuming.fetching} onClick={() => void go(each)}>
                    Resume
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {shown.length < pauses.length && (
        <Button variant="default" className="start" onClick={() => setAll(true)}>
          Show all {count(pauses.length)}
        </Button>
      )}
    </>
  );
}
