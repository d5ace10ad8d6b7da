import { Button, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { useQuery } from "urql";
import { useSearchParams } from "wouter";

import { Loading } from "../../app/Loading";
import { Moment } from "../../app/When";
import { DecisionDocument, type DecisionQuery } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { count } from "../../lib/format";
import { withParameter } from "../../lib/parameters";
import { armName, measured, rate, shortHash, sourceOf } from "./policies";

type Decision = DecisionQuery["decision"];

/** Why the tips of a decision were served, by its id, which stands in the address. */
export function WhyThisTip() {
  const [params, setParams] = useSearchParams();
  const given = params.get("decision") ?? "";
  const [typed, setTyped] = useState(given);
  useEffect(() => setTyped(given), [given]);
  const [{ data, error, fetching }] = useQuery({ query: DecisionDocument, variables: { id: given }, pause: !given });
  return (
    <section className="stack tight" aria-labelledby="why">
      <h2 id="why">Why this tip</h2>
      <form
        className="row end"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          setParams((before) => withParameter(before, "decision", typed.trim() || null));
        }}
      >
        <TextInput
          className="grow"
          label="Id of the decision"
          description="As it came with the tip. The log has nothing of who it was for."
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Button type="submit" variant="default">
          Look it up
        </Button>
      </form>
      {given && fetching && <Loading what="the decision" rows={2} />}
      {given && !fetching && error && (
        <p role="alert" className="bad">
          {sentence(error)}
        </p>
      )}
      {given && !fetching && !error && data && <Found decision={data.decision} />}
    </section>
  );
}

function Found({ decision }: { decision: Decision }) {
  const context = [decision.area, decision.hourBand, decision.weekday, decision.surface, decision.locale].filter(Boolean).join(", ");
  return (
    <div className="card stack">
      <dl className="facts wide">
        <div>
          <dt>Made</dt>
          <dd>
            <Moment at={decision.madeAt} />
          </dd>
        </div>
        <div>
          <dt>Known of the request</dt>
          <dd>{context}</dd>
        </div>
        <div>
          <dt>Drawn by</dt>
          <dd>
            {decision.policy} <code title={decision.policyHash}>{shortHash(decision.policyHash)}</code>
            {typeof decision.promotion === "number" && `, promotion ${count(decision.promotion)}`}
            {decision.fallback && ", from the templates"}
            {typeof decision.tookMs === "number" && `, in ${measured(decision.tookMs, "MILLISECONDS")}`}
          </dd>
        </div>
        <div>
          <dt>From state</dt>
          <dd>
            {typeof decision.stateVersion === "number" ? count(decision.stateVersion) : "not logged"}
            {decision.stateHash && (
              <>
                , <code title={decision.stateHash}>{shortHash(decision.stateHash)}</code>
              </>
            )}
            , seed <code>{decision.seed}</code>
          </dd>
        </div>
      </dl>
      <Tips tips={decision.tips} />
      <div className="halves">
        <Eligible arms={decision.arms} />
        <Dropped dropped={decision.dropped} />
      </div>
    </div>
  );
}

function Tips({ tips }: { tips: Decision["tips"] }) {
  if (!tips.length) return <p>No tip was served: nothing was eligible.</p>;
  return (
    <ul className="plain lines">
      {tips.map((each) => (
        <li key={each.place}>
          <span className="name">{armName(each)}</span>, tip <code>{each.tip}</code>: drawn with {rate(each.propensity)}
          {tips.length > 1 && ` at place ${each.place + 1}`}
          <div className="soft small">
            {each.shownAt ? (
              <>
                shown <Moment at={each.shownAt} />
              </>
            ) : (
              "not shown"
            )}
            {each.actedAt && (
              <>
                , acted on <Moment at={each.actedAt} />
              </>
            )}
            {each.dismissed && ", dismissed"}
            {each.source && `; ${sourceOf(each.source)}`}
          </div>
        </li>
      ))}
    </ul>
  );
}

function Eligible({ arms }: { arms: Decision["arms"] }) {
  return (
    <section className="stack tight" aria-label="What could be drawn">
      <h3>What could be drawn</h3>
      {!arms.length && <p className="soft">Nothing.</p>}
      <ul className="plain said">
        {arms.map((each) => (
          <li key={armName(each)} className="spread">
            <span className="name">{armName(each)}</span> <span>{rate(each.probability)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Dropped({ dropped }: { dropped: Decision["dropped"] }) {
  return (
    <section className="stack tight" aria-label="What could not be drawn">
      <h3>What could not</h3>
      {!dropped.length && <p className="soft">Every cell could.</p>}
      <ul className="plain said">
        {dropped.map((each) => (
          <li key={armName(each)}>
            <span className="name">{armName(each)}</span> <span className="soft">{each.says}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
