import { Button } from "@mantine/core";
import { useMemo, useState } from "react";
import { useQuery } from "urql";

import { Problem } from "../../app/Problem";
import { CellPairsDocument } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { probability, signed } from "../../lib/format";
import { cellName, type Row } from "./board";
import { matrix, type Meeting } from "./matrix";

/** More cells than this would be a table that nobody can follow: the best are shown. */
const MOST = 20;

/** Who surely beats whom; computed when wanted, since it is dear. */
export function Matrix({ name, judges, rows }: { name: string; judges: string | null; rows: Row[] }) {
  const [wanted, setWanted] = useState(false);
  const [{ data, error, fetching }, again] = useQuery({ query: CellPairsDocument, variables: { name, judges }, pause: !wanted });
  const shown = useMemo(() => rows.filter((row) => typeof row.score === "number").slice(0, MOST), [rows]);
  const table = useMemo(() => matrix(shown, data?.cellPairs ?? []), [shown, data]);
  if (shown.length < 2) return null;
  return (
    <section className="card stack" aria-labelledby="meetings">
      <div className="spread">
        <h2 id="meetings">Who beats whom</h2>
        {!data && (
          <Button size="xs" variant="default" loading={fetching} onClick={() => (wanted ? again() : setWanted(true))}>
            Compare every pair
          </Button>
        )}
      </div>
      <p className="soft small">
        {`Row against column${rows.length > MOST ? `, of the ${MOST} best cells` : ""}. ▲ surely better, ▼ surely worse, with 95 % for all pairs at once, as the ranks count; · cannot be told. By the answers as they are now.`}
      </p>
      {error && <Problem title="The pairs could not be compared">{sentence(error)}</Problem>}
      {data && (
        <div className="scroll" role="region" aria-label="Who beats whom, scrolls sideways" tabIndex={0}>
          <table className="meetings">
            <thead>
              <tr>
                <td />
                {shown.map((row, number) => (
                  <th scope="col" key={cellName(row)} title={cellName(row)}>
                    <span aria-hidden="true">{number + 1}</span>
                    <span className="unseen">{cellName(row)}</span>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map((row, number) => (
                <tr key={cellName(row)}>
                  <th scope="row">
                    <span className="soft">{number + 1}</span> <span className="name">{cellName(row)}</span>
                  </th>
                  {table[number]?.map((meeting, column) => (
                    <td key={column} className={meeting?.verdict}>
                      {meeting ? <Met meeting={meeting} row={row} column={shown[column] as Row} /> : ""}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

const SIGN = { better: "▲", worse: "▼", open: "·" };

function Met({ meeting, row, column }: { meeting: Meeting; row: Row; column: Row }) {
  const interval = meeting.low === null || meeting.high === null ? "" : `, 95 % ${signed(meeting.low)} to ${signed(meeting.high)}`;
  const words = `${cellName(row)} against ${cellName(column)}: ${signed(meeting.diff)}${interval}, p ${probability(meeting.p)}`;
  return (
    <span title={words}>
      <span aria-hidden="true">{SIGN[meeting.verdict]}</span>
      <span className="small num-left">{signed(meeting.diff)}</span>
      <span className="unseen">{`, ${{ better: "surely better", worse: "surely worse", open: "cannot be told" }[meeting.verdict]}`}</span>
    </span>
  );
}
