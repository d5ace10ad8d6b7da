import { Select } from "@mantine/core";
import { memo } from "react";

import { MomentSelect } from "../../app/MomentSelect";
import { Segments } from "../../app/Segments";
import type { BoardQuery } from "../../gql/graphql";
import { bothTimes, moment } from "../../lib/format";
import type { View } from "./BoardTable";

const KINDS = [
  { value: "", label: "As published" },
  { value: "human", label: "People" },
  { value: "agent", label: "Agents" },
  { value: "model", label: "Models" },
  { value: "program", label: "Programs" },
];
const VIEWS = [
  { value: "overview", label: "Overview" },
  { value: "criteria", label: "Criteria" },
  { value: "details", label: "Details" },
];

interface Props {
  experiment: BoardQuery["experiment"];
  criteria: string[];
  view: View;
  judges: string | null;
  criterion: string | null;
  slice: string | null;
  at: string | null;
  since: string | null;
  choose: (key: string, value: string | null) => void;
}

/** What the leaderboard can be seen by; each choice is a parameter of the address. */
export const Controls = memo(function Controls({ experiment, criteria, view, judges, criterion, slice, at, since, choose }: Props) {
  return (
    <div className="row end">
      <Select label="Judges" data={KINDS} value={judges ?? ""} onChange={(value) => choose("judges", value)} allowDeselect={false} w={140} disabled={at !== null} />
      <Select
        label="Order by criterion"
        data={[{ value: "", label: "All together" }, ...criteria.map((name) => ({ value: name, label: name.replaceAll("_", " ") }))]}
        value={criterion ?? ""}
        onChange={(value) => choose("criterion", value)}
        allowDeselect={false}
        w={155}
      />
      <Select
        label="Slices"
        data={[
          { value: "", label: "None" },
          { value: "area", label: "By area" },
          { value: "locale", label: "By locale" },
        ]}
        value={slice ?? ""}
        onChange={(value) => choose("slice", value)}
        allowDeselect={false}
        w={125}
        disabled={judges !== null}
      />
      <Snapshots experiment={experiment} at={at} choose={choose} />
      <Since experiment={experiment} at={at} since={since} choose={choose} />
      <Segments label="Columns" value={view} choices={VIEWS} change={(value) => choose("view", value === "overview" ? null : value)} />
    </div>
  );
});

function Snapshots({ experiment, at, choose }: { experiment: BoardQuery["experiment"]; at: string | null; choose: Props["choose"] }) {
  const snapshots = [...(experiment?.snapshots ?? [])].reverse();
  const data = snapshots.map((each, number) => ({
    value: number === 0 ? "" : each.snapshot.slice(0, 16),
    label: number === 0 ? "Now" : moment(each.publishedAt),
    title: bothTimes(each.publishedAt),
  }));
  if (data.length < 2) return null;
  return <MomentSelect label="As of" data={data} value={data.some((each) => each.value === at) ? (at ?? "") : ""} choose={(value) => choose("at", value)} />;
}

function Since({ experiment, at, since, choose }: { experiment: BoardQuery["experiment"]; at: string | null; since: string | null; choose: Props["choose"] }) {
  const snapshots = [...(experiment?.snapshots ?? [])].reverse();
  const shown = at ? snapshots.findIndex((each) => each.snapshot.startsWith(at)) : 0;
  const data = snapshots.slice(shown + 1).map((each) => ({
    value: each.snapshot.slice(0, 16),
    label: moment(each.publishedAt),
    title: bothTimes(each.publishedAt),
  }));
  if (!data.length) return null;
  return <MomentSelect label="Changed since" data={[{ value: "", label: "–" }, ...data]} value={since ?? ""} choose={(value) => choose("since", value)} />;
}
