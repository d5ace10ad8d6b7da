import { Button, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { useSearchParams } from "wouter";

import { Paged } from "../../app/Paged";
import { When } from "../../app/When";
import { AuditLogDocument, type AuditLogQuery } from "../../gql/graphql";
import { useTitle } from "../../lib/title";
import { AdminHead } from "./AdminHead";
import { auditFilter, changes, FILTERS } from "./audit";

type Entry = AuditLogQuery["auditLog"]["nodes"][number];

/** Who did what, newest first; ids and hashes, never a name or a text. */
export function AuditPage() {
  useTitle("Audit log");
  const [params, setParams] = useSearchParams();
  const [typed, setTyped] = useState<Record<string, string>>(() => Object.fromEntries(params));
  useEffect(() => setTyped(Object.fromEntries(params)), [params]);
  const where = auditFilter(params);
  return (
    <div className="stack">
      <AdminHead at="audit" />
      <form
        className="row end"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          setParams(Object.fromEntries(Object.entries(typed).filter(([, value]) => value.trim())));
        }}
      >
        {FILTERS.map(({ name, label, hint }) => (
          <TextInput
            key={name}
            label={label}
            placeholder={hint}
            autoComplete="off"
            spellCheck={false}
            value={typed[name] ?? ""}
            onChange={(event) => {
              const { value } = event.currentTarget;
              setTyped((before) => ({ ...before, [name]: value }));
            }}
          />
        ))}
        <Button type="submit">Filter</Button>
        {where && (
          <Button
            variant="default"
            onClick={() => {
              setTyped({});
              setParams({});
            }}
          >
            Show all
          </Button>
        )}
      </form>
      <Paged
        what="audit log"
        query={AuditLogDocument}
        variables={{ where }}
        pick={(data) => ({ ...data.auditLog, totalCount: data.counted.totalCount })}
        rows={(rows) => <Rows rows={rows} />}
        empty={where ? "Nothing is like that: every field has to match as a whole." : "Nothing was done yet."}
      />
    </div>
  );
}

function Rows({ rows }: { rows: Entry[] }) {
  return (
    <div className="scroll">
      <table className="list cards">
        <caption className="unseen">Audit log</caption>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Who</th>
            <th scope="col">What</th>
            <th scope="col">To</th>
            <th scope="col">Outcome</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((entry) => (
            <tr key={entry.id}>
              <td data-label="When" className="nowrap">
                <When at={entry.at} />
              </td>
              <td data-label="Who">
                <code title={entry.actor}>{entry.actor.slice(0, 20)}</code> <span className="soft small">{entry.role.toLowerCase()}</span>
              </td>
              <td data-label="What" className="name">
                {entry.operation}
              </td>
              <td data-label="To">
                <span className="name">{entry.target || <span className="soft">–</span>}</span>
                <details className="small">
                  <summary aria-label={`Details of entry ${entry.id}`}>details</summary>
                  <dl className="fields-of">
                    {changes(entry).map(([name, value]) => (
                      <div key={name}>
                        <dt>{name}</dt>
                        <dd>
                          <code>{value}</code>
                        </dd>
                      </div>
                    ))}
                  </dl>
                </details>
              </td>
              <td data-label="Outcome">
                {entry.outcome === "done" ? <span className="good">done</span> : <span className="warn">{entry.outcome.toLowerCase().replaceAll("_", " ")}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
