import { Select, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useRef, type RefObject } from "react";
import { useQuery } from "urql";
import { useSearchParams } from "wouter";

import { ExperimentHead } from "../../app/ExperimentHead";
import { TipCellsDocument, TipCountDocument } from "../../gql/graphql";
import { counted } from "../../lib/format";
import { withParameter } from "../../lib/parameters";
import { useTitle } from "../../lib/title";
import { useTyped } from "../../lib/useTyped";
import { ORDERS, SHOWN, tipArguments } from "./choice";
import { SituationView } from "./SituationView";
import { TipList, type Left } from "./TipList";

/** Every tip of an experiment, and each situation with all cells beside each other; the address says which. */
export default function TipsPage({ params }: { params: { name: string } }) {
  const { name } = params;
  useTitle(`Tips of ${name}`);
  const [search, setSearch] = useSearchParams();
  const [{ data }] = useQuery({ query: TipCellsDocument, variables: { name } });
  const cells = (data?.experiment?.cells ?? []).map((cell) => `${cell.model}/${cell.prompt}`);
  const choose = (key: string, value: string | null) => setSearch((before) => withParameter(before, key, value || null), { replace: key === "beside" });
  const scenario = search.get("scenario");
  const left = useRef<Left | null>(null);
  return (
    <div className="stack">
      <ExperimentHead name={name} at="tips" />
      {scenario ? (
        <SituationView key={scenario} name={name} scenario={scenario} baseline={data?.experiment?.baseline ?? ""} search={search} choose={choose} />
      ) : (
        <Listed name={name} cells={cells} search={search} choose={choose} left={left} />
      )}
    </div>
  );
}

interface ListedProps {
  name: string;
  cells: string[];
  search: URLSearchParams;
  choose: (key: string, value: string | null) => void;
  left: RefObject<Left | null>;
}

function Listed({ name, cells, search, choose, left }: ListedProps) {
  const [typed, setTyped] = useTyped("search");
  const [words] = useDebouncedValue(typed, 250);
  const given = tipArguments(search, words);
  const [{ data, fetching }] = useQuery({ query: TipCountDocument, variables: { name, where: given.where } });
  const total = data?.tips.totalCount ?? null;
  return (
    <>
      <div className="row end" role="search">
        <TextInput
          className="grow"
          label="Words in tip, situation or cell"
          type="search"
          placeholder="sleep coach"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Select label="Order" data={ORDERS} value={search.get("order") ?? "worst"} onChange={(value) => choose("order", value === "worst" ? null : value)} allowDeselect={false} w={200} />
        <Select label="Show" data={SHOWN} value={search.get("shown") ?? ""} onChange={(value) => choose("shown", value)} allowDeselect={false} w={150} />
        <Select
          label="Cell"
          data={[{ value: "", label: "All cells" }, ...cells]}
          value={search.get("cell") ?? ""}
          onChange={(value) => choose("cell", value)}
          allowDeselect={false}
          searchable
          w={240}
        />
      </div>
      <p className="soft small" role="status">
        {total === null ? (fetching ? "Counting …" : "") : `${counted(total, "tip")}. Choose one to see what every cell said of its situation.`}
      </p>
      <TipList key={JSON.stringify(given)} name={name} given={given} total={total} search={search} left={left} />
    </>
  );
}
