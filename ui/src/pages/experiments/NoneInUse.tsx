import { Button } from "@mantine/core";
import { useQuery } from "urql";

import { Loading } from "../../app/Loading";
import { ArchivedCountDocument } from "../../gql/graphql";
import { counted } from "../../lib/format";
import { FirstLaunch } from "./FirstLaunch";

/** What stands in place of the list where none is in use: the way to what is archived, or to a first launch. */
export function NoneInUse({ show }: { show: () => void }) {
  const [{ data, fetching }] = useQuery({ query: ArchivedCountDocument });
  if (!data && fetching) return <Loading what="experiments" />;
  const archived = data?.experiments.totalCount ?? 0;
  if (archived === 0) return <FirstLaunch />;
  return (
    <section className="card empty">
      <h2>None is in use</h2>
      <p>{counted(archived, "experiment")} {archived === 1 ? "is" : "are"} archived: nothing of them is deleted, and each can be taken back.</p>
      <Button variant="default" onClick={show}>
        Show what is archived
      </Button>
    </section>
  );
}
