import { Select } from "@mantine/core";
import { useState } from "react";
import { useQuery } from "urql";
import { Link } from "wouter";

import { Diff } from "../../app/Diff";
import { Loading } from "../../app/Loading";
import { Problem } from "../../app/Problem";
import { SituationOfDocument, type SituationOfQuery } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { facts, led } from "../../lib/facts";
import { count, latency, money, score } from "../../lib/format";
import { Prompts } from "./Prompts";

type Tip = SituationOfQuery["situation"]["tips"][number];

interface Props {
  name: string;
  scenario: string;
  baseline: string;
  search: URLSearchParams;
  choose: (key: string, value: string | null) => void;
}

/** One situation, and what every cell said of it, side by side. */
export function SituationView({ name, scenario, baseline, search, choose }: Props) {
  const [{ data, error, fetching }, refresh] = useQuery({ query: SituationOfDocument, variables: { name, scenario } });
  const back = new URLSearchParams(search);
  for (const key of ["scenario", "beside"]) back.delete(key);
  const list = <Link to={`/experiments/${name}/tips${back.size ? `?${back}` : ""}`}>All tips</Link>;
  if (error) {
    return (
      <>
        <p>{list}</p>
        <Problem title="This situation could not be read" again={() => refresh({ requestPolicy: "network-only" })}>
          {sentence(error)}
        </Problem>
      </>
    );
  }
  if (!data) return fetching ? <Loading what="the situation" rows={5} /> : null;
  const { situation } = data;
  const { lead, rest } = led(situation.data);
  const tips = [...situation.tips].sort((a, b) => worth(b) - worth(a));
  const beside = search.get("beside") ?? "";
  const other = situation.tips.find((tip) => cellOf(tip) === beside);
  return (
    <>
      <p>{list}</p>
      <section className="card stack" aria-labelledby="situation">
        <h2 id="situation" className="name">{`Situation ${situation.scenarioId}`}</h2>
        {lead !== null && (
          <p dir="auto" className="tip-text">
            {lead}
          </p>
        )}
        <dl className="facts wide">
          {facts({ ...(situation.area ? { area: situation.area } : {}), ...(situation.locale ? { locale: situation.locale } : {}), ...rest }).map((fact) => (
            <div key={fact.name}>
              <dt>{fact.name}</dt>
              <dd>
                <bdi>{fact.text}</bdi>
              </dd>
            </div>
          ))}
        </dl>
      </section>
      <div className="row end">
        <Select
          label="Mark words that differ from"
          data={[{ value: "", label: "Nothing" }, ...new Set(situation.tips.filter((tip) => tip.text).map(cellOf))]}
          value={beside}
          onChange={(value) => choose("beside", value)}
          allowDeselect={false}
          searchable
          w={280}
        />
        <p className="soft small">{`${count(situation.nTips)} tips, the best first${situation.nTips > tips.length ? `; the first ${count(tips.length)} are here` : ""}.`}</p>
      </div>
      <ul className="beside">
        {tips.map((tip) => (
          <li key={`${cellOf(tip)} ${tip.tipIndex}`}>
            <Card tip={tip} other={other && other !== tip ? other : undefined} isBaseline={cellOf(tip) === baseline} />
          </li>
        ))}
      </ul>
      <Prompts name={name} cells={[...new Set(situation.tips.map((tip) => tip.prompt))]} />
    </>
  );
}

function cellOf(tip: Pick<Tip, "model" | "prompt">): string {
  return `${tip.model}/${tip.prompt}`;
}

function worth(tip: Tip): number {
  return tip.score ?? -Infinity;
}

function Card({ tip, other, isBaseline }: { tip: Tip; other: Tip | undefined; isBaseline: boolean }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <article className="card stack tip-card" aria-label={`${cellOf(tip)}, tip ${tip.tipIndex + 1}`}>
      <div className="spread">
        <h3 className="name">{`${tip.model} / ${tip.prompt}`}</h3>
        {isBaseline && <span className="badge">baseline</span>}
      </div>
      {typeof tip.text === "string" ? (
        <p dir="auto" className="tip-text">
          {other?.text ? <Diff before={other.text} after={tip.text} /> : tip.text}
        </p>
      ) : (
        <p className={tip.outcome === "refused" ? "warn" : "bad"}>{`${tip.outcome}: ${tip.error ?? "no reason was given"}`}</p>
      )}
      <div>
        <strong>{score(tip.score)}</strong> <span className="soft small">{judged(tip)}</span>
      </div>
      {tip.judgements.length > 0 && (
        <ul className="judgements">
          {tip.judgements.map((each) => (
            <li key={each.judge}>
              <span className="name">{each.judge}</span> <span className="soft small">({each.kind})</span>{" "}
              {each.unscorable ? <span className="warn">{`could not score it: ${each.unscorable}`}</span> : <strong>{score(each.score)}</strong>}
              <div className="small soft">{each.criteria.filter((one) => typeof one.value === "number").map((one) => `${one.name.replaceAll("_", " ")} ${count(one.value)}`).join(" · ")}</div>
              {each.comment && (
                <blockquote dir="auto" className="small">
                  {each.comment}
                </blockquote>
              )}
              {each.raw && (
                <details>
                  <summary className="small">What it wrote</summary>
                  <pre className="text" dir="auto" tabIndex={0} aria-label={`Raw answer of the judge ${each.judge}`}>
                    {each.raw}
                  </pre>
                </details>
              )}
            </li>
          ))}
        </ul>
      )}
      <p className="small soft">{taken(tip)}</p>
      {tip.raw && (
        <details onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>The answer as it came</summary>
          {isOpen && (
            <pre className="text" tabIndex={0} aria-label={`Raw answer of ${cellOf(tip)}`}>
              {tip.raw}
            </pre>
          )}
        </details>
      )}
    </article>
  );
}

/** What the tip took, as far as it is known. */
function taken({ tokensIn, tokensOut, cost, latencyMs, cutOff }: Tip): string {
  const tokens = typeof tokensIn === "number" || typeof tokensOut === "number" ? `${count(tokensIn)} tokens in, ${count(tokensOut)} out` : "";
  const price = typeof cost === "number" ? money(cost) : "";
  const time = typeof latencyMs === "number" ? latency(latencyMs) : "";
  return [tokens, price, time, cutOff ? "cut off" : ""].filter(Boolean).join(" · ") || "tokens, cost and latency are not known";
}

function judged(tip: Tip): string {
  if (!tip.nJudges) return tip.outcome === "text" ? "nobody has scored it" : "";
  const who = tip.nJudges === 1 ? "one judge" : `${count(tip.nJudges)} judges`;
  return typeof tip.disagreement === "number" && tip.disagreement > 0 ? `${who}, ${score(tip.disagreement)} apart` : who;
}
