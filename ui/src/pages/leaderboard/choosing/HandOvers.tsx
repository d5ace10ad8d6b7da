import { Button, Select } from "@mantine/core";
import { useState } from "react";
import { useMutation } from "urql";

import { Dialog } from "../../../app/Dialog";
import { ReasonDialog } from "../../../app/ReasonDialog";
import { When } from "../../../app/When";
import { ShipCellDocument, UndoShipDocument, type ShipCellMutation } from "../../../gql/graphql";
import { download } from "../../../lib/download";
import { refusal } from "../../../lib/refusal";
import { isFor, type Found, type OnRecord } from "./choice";

type Shipped = Extract<ShipCellMutation["shipCell"], { __typename: "ShippedCell" }>;
const OF_SHIPS = { additionalTypenames: ["ExperimentChoices", "RecordedShip", "Champion"] };

interface Props {
  name: string;
  cells: string[];
  found: Found | null;
  onRecord: OnRecord;
}

/** Ships the cell that was found, or another one for a reason; the last hand-over can be taken back. */
export function HandOvers({ name, cells, found, onRecord }: Props) {
  const [asking, setAsking] = useState<"ship" | "anyway" | "undo" | null>(null);
  const [other, setOther] = useState<string | null>(null);
  const [shipped, setShipped] = useState<Shipped | null>(null);
  const [, ship] = useMutation(ShipCellDocument);
  const [, undo] = useMutation(UndoShipDocument);
  const close = () => setAsking(null);
  const handOver = async (cell: string | null | undefined, anyway?: string): Promise<string | null> => {
    if (!cell) return "Choose the cell first.";
    const { data, error } = await ship({ name, cell, ...(anyway ? { anyway } : {}) }, OF_SHIPS);
    const made = data?.shipCell;
    if (made?.__typename === "ShippedCell") setShipped(made);
    return refusal(made, error);
  };
  const takeBack = async (): Promise<string | null> => {
    const { data, error } = await undo({ name }, OF_SHIPS);
    if (data?.undoShip.__typename === "UndoneShip") setShipped(null);
    return refusal(data?.undoShip, error);
  };
  const cell = found && isFor(found) ? found.cell : null;
  const last = onRecord.ships.find((each) => !each.isUndone);
  return (
    <div className="stack">
      <div className="row">
        {cell && <Button onClick={() => setAsking("ship")}>Ship {cell} …</Button>}
        <Button variant="default" onClick={() => setAsking("anyway")}>
          Ship another for a reason …
        </Button>
        {last && (
          <Button variant="default" onClick={() => setAsking("undo")}>
            Take {last.cell} back …
          </Button>
        )}
      </div>
      {shipped && <Files shipped={shipped} />}
      {onRecord.ships.length > 0 && <Ships ships={onRecord.ships} />}
      <Confirm title={`Ship ${cell ?? ""}?`} go="Ship it" opened={asking === "ship"} close={close} act={() => handOver(cell)}>
        <p>
          It is the project's cell in use from then on{onRecord.champion ? `, in place of ${onRecord.champion.cell}` : ""}; who shipped it and why is on
          record. What draws tips for users is not changed: that is a promotion under Policies.
        </p>
      </Confirm>
      <ReasonDialog title="Ship a cell without a decision for it?" go="Ship it anyway" opened={asking === "anyway"} close={close} act={(reason) => handOver(other, reason)} isDangerous>
        <Select label="The cell" required searchable data={[...new Set(cells)]} value={other} onChange={setOther} />
        <p>The scores of now decide for no other cell than the one above, if any. One that is provisional or without a score is never shipped.</p>
      </ReasonDialog>
      <Confirm title={`Take ${last?.cell ?? ""} back?`} go="Take it back" opened={asking === "undo"} close={close} act={takeBack}>
        <p>The one that was shipped before it, in any experiment, is in use again. Both stay on record.</p>
      </Confirm>
    </div>
  );
}

interface ConfirmProps {
  title: string;
  go: string;
  opened: boolean;
  close: () => void;
  /** Does it, and returns why it was not done, null where it was. */
  act: () => Promise<string | null>;
  children: React.ReactNode;
}

function Confirm({ title, go, opened, close, act, children }: ConfirmProps) {
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState("");
  const leave = () => {
    setRefused("");
    close();
  };
  const submit = async () => {
    setBusy(true);
    const why = await act();
    setBusy(false);
    setRefused(why ?? "");
    if (!why) close();
  };
  return (
    <Dialog title={title} opened={opened} close={leave}>
      {children}
      {refused && (
        <p role="alert" className="bad">
          {refused}
        </p>
      )}
      <div className="row">
        <Button loading={busy} onClick={() => void submit()}>
          {go}
        </Button>
        <Button variant="default" onClick={leave}>
          Leave it
        </Button>
      </div>
    </Dialog>
  );
}

/** The two files of a hand-over, to be saved. */
function Files({ shipped }: { shipped: Shipped }) {
  return (
    <p role="status" className="row">
      <span className="good">Shipped: {shipped.cell}.</span>
      <Button size="compact-sm" variant="default" onClick={() => download(shipped.shipJson, "application/json", "ship.json")}>
        Save ship.json
      </Button>
      <Button size="compact-sm" variant="default" onClick={() => download(shipped.promptMd, "text/markdown", "prompt.md")}>
        Save prompt.md
      </Button>
    </p>
  );
}

function Ships({ ships }: { ships: OnRecord["ships"] }) {
  return (
    <div className="scroll">
      <table className="list cards">
        <caption className="unseen">What was shipped, newest first</caption>
        <thead>
          <tr>
            <th scope="col">Shipped</th>
            <th scope="col">Why</th>
            <th scope="col">By</th>
            <th scope="col">When</th>
          </tr>
        </thead>
        <tbody>
          {ships.map((each) => (
            <tr key={each.number}>
              <td data-label="Shipped" className="name">
                {each.cell} {each.isUndone && <span className="soft">(taken back)</span>}
              </td>
              <td data-label="Why">{each.verdict ? `chosen: ${each.verdict}` : each.anyway}</td>
              <td data-label="By" className="name">{each.author}</td>
              <td data-label="When">
                <When at={each.at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
