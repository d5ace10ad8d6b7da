import { useQuery } from "urql";
import { Link } from "wouter";

import { JudgeRoundsDocument } from "../../gql/graphql";
import { underWay } from "./unjudged";

/** Why no cell has a score yet, and what becomes of the answers that were given already. */
export function Unjudged({ name }: { name: string }) {
  const [{ data, fetching }] = useQuery({ query: JudgeRoundsDocument, variables: { experiment: name, first: 20 }, requestPolicy: "cache-and-network" });
  const answered = underWay(data?.judgeRounds.nodes ?? []);
  const rounds = `/rounds?experiment=${name}`;
  if (!data && fetching) {
    return (
      <p className="card" aria-busy="true">
        No scores are published yet.
      </p>
    );
  }
  if (answered) {
    return (
      <p className="card">
        No scores are published yet. Answered so far: {answered}. They come here by themselves within some minutes, and at once when their round is{" "}
        <Link to={rounds}>closed</Link>.
      </p>
    );
  }
  return (
    <p className="card">
      Nobody has judged these tips yet: the cells are below, without scores. <Link to={rounds}>Judge them</Link>, or let somebody.
    </p>
  );
}
