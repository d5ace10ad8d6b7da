import { Button, Select, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { Link, useSearchParams } from "wouter";

import { ArchivingNote, useArchiving } from "../../app/Archiving";
import { Paged } from "../../app/Paged";
import { Segments } from "../../app/Segments";
import { ExperimentsDocument } from "../../gql/graphql";
import { counted } from "../../lib/format";
import { withParameter } from "../../lib/parameters";
import { useTitle } from "../../lib/title";
import { useTyped } from "../../lib/useTyped";
import { ExperimentRows } from "./ExperimentRows";
import { listArguments, ORDERS, STATES, type Choice } from "./listing";
import { NoneInUse } from "./NoneInUse";

const USES = [
  { value: "", label: "In use" },
  { value: "yes", label: "Archived" },
];

/** All experiments: which there are, how far each is, and who leads how surely. */
export function ExperimentsPage() {
  useTitle("Experiments");
  const [params, setParams] = useSearchParams();
  const choice: Choice = Object.fromEntries(params);
  const [typed, setTyped] = useTyped("search");
  const [search] = useDebouncedValue(typed, 250);
  const { where, sort, descending } = listArguments({ ...choice, search });
  const archiving = useArchiving();

  const choose = (name: keyof Choice, value: string | null) =>
    setParams((before) => withParameter(before, name, value || null));

  return (
    <div className="stack">
      <div className="spread">
        <h1>Experiments</h1>
        <Button component={Link} to="/launch">
          Launch a benchmark
        </Button>
      </div>
      <div className="row end" role="search">
        <TextInput
          className="grow"
          label="Name"
          type="search"
          placeholder="a part of it"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Select label="State" data={STATES} value={choice.state ?? ""} onChange={(value) => choose("state", value)} allowDeselect={false} />
        <Select label="Order" data={ORDERS} value={choice.order ?? "newest"} onChange={(value) => choose("order", value)} allowDeselect={false} />
        <Segments label="Which experiments" value={choice.archived === "yes" ? "yes" : ""} choices={USES} change={(value) => choose("archived", value)} />
      </div>
      <ArchivingNote archiving={archiving} />
      <Paged
        what="experiments"
        query={ExperimentsDocument}
        variables={{ where, sort, descending }}
        pick={(data) => data.experiments}
        rows={(rows, _changed, _data, isFirst) => <ExperimentRows experiments={rows} isFirst={isFirst} archive={archiving.set} />}
        empty={
          where.search || where.state
            ? "No experiment is like that: take a part of the search away."
            : where.archived
              ? "Nothing is archived."
              : <NoneInUse show={() => choose("archived", "yes")} />
        }
        status={(shown, isAll) => (isAll ? counted(shown, "experiment") : `${counted(shown, "experiment")} are shown, and there are others`)}
      />
    </div>
  );
}
