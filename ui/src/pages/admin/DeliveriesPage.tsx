import { Button, Select, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { useSearchParams } from "wouter";

import { Paged } from "../../app/Paged";
import { Moment, When } from "../../app/When";
import { DeliveriesDocument, type DeliveriesQuery, type DeliveryState } from "../../gql/graphql";
import { useTitle } from "../../lib/title";
import { AdminHead } from "./AdminHead";
import { CHANNELS, deliveryFilter, heldBy, stateLabel, STATES } from "./deliveries";
import { DeliveryWay } from "./DeliveryWay";

type Delivery = DeliveriesQuery["deliveries"]["nodes"][number];

/** Notices on their way to users: where each is and why, and never what one says. */
export function DeliveriesPage() {
  useTitle("Deliveries");
  const [params, setParams] = useSearchParams();
  const [user, setUser] = useState(() => params.get("user") ?? "");
  const given = params.get("user") ?? "";
  useEffect(() => setUser(given), [given]);
  const where = deliveryFilter(params);
  const set = (name: string, value: string | null) => {
    setParams(Object.fromEntries(Object.entries({ ...Object.fromEntries(params), [name]: value?.trim() ?? "" }).filter(([, each]) => each)));
  };
  return (
    <div className="stack">
      <AdminHead at="deliveries" />
      <p className="soft">What a notice says is for its user alone. Here is when it was requested, where it is, and what held it.</p>
      <form
        className="row end"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          set("user", user);
        }}
      >
        <Select label="State" placeholder="any" clearable data={STATES} value={where?.state ?? null} onChange={(value) => set("state", value?.toLowerCase() ?? null)} />
        <Select label="Channel" placeholder="any" clearable data={CHANNELS} value={where?.channel ?? null} onChange={(value) => set("channel", value?.toLowerCase() ?? null)} />
        <TextInput
          label="User"
          placeholder="a user's whole id"
          autoComplete="off"
          spellCheck={false}
          value={user}
          onChange={(event) => setUser(event.currentTarget.value)}
        />
        <Button type="submit">Filter</Button>
        {where && (
          <Button
            variant="default"
            onClick={() => {
              setUser("");
              setParams({});
            }}
          >
            Show all
          </Button>
        )}
      </form>
      <Paged
        what="deliveries"
        query={DeliveriesDocument}
        variables={{ where }}
        pick={(data) => ({ ...data.deliveries, totalCount: data.counted.totalCount })}
        rows={(rows, changed) => <Rows rows={rows} changed={changed} />}
        empty={where ? "No notice is like that." : "No notice was requested in the last 90 days."}
      />
    </div>
  );
}

function Rows({ rows, changed }: { rows: Delivery[]; changed: () => void }) {
  return (
    <div className="scroll">
      <table className="list cards">
        <caption className="unseen">Deliveries</caption>
        <thead>
          <tr>
            <th scope="col">Requested</th>
            <th scope="col">Notice</th>
            <th scope="col">State</th>
            <th scope="col">Channels</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td data-label="Requested" className="nowrap">
                <When at={row.requestedAt} />
              </td>
              <td data-label="Notice">
                <code title={row.id}>{row.id.slice(0, 13)}</code>
                {row.critical && <span className="warn small"> critical</span>}
                <div className="soft small">
                  of <code title={row.user}>{row.user.slice(0, 12)}</code>
                </div>
              </td>
              <td data-label="State">
                <State row={row} />
                <DeliveryWay notice={row.id} unknown={row.state === "UNKNOWN"} changed={changed} />
              </td>
              <td data-label="Channels">
                {row.handOvers.map((each) => (
                  <div key={each.channel}>
                    {each.channel} <span className="soft small">{[each.state, each.reason].filter(Boolean).join(", ")}</span>
                  </div>
                ))}
                {!row.handOvers.length && <span className="soft">none</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const TONES: Partial<Record<DeliveryState, string>> = {
  DELIVERED: "good",
  UNKNOWN: "bad",
  UNREADABLE: "warn",
};

function State({ row }: { row: Delivery }) {
  const held = heldBy(row);
  return (
    <>
      <span className={TONES[row.state]}>{stateLabel(row.state)}</span>
      {row.state === "WAITING" && row.releaseAt && (
        <div className="soft small">
          {held && `${held}: `}until <Moment at={row.releaseAt} />
        </div>
      )}
    </>
  );
}
