import { inWords } from "../../lib/facts";
import { UNKNOWN } from "../../lib/format";
import type { Kind, Whole } from "./kinds";

interface Criterion {
  name: string;
  description: string;
  weight?: number;
  scale?: string | null;
  gate?: boolean;
  needs?: string | null;
  anchors?: Record<string, string>;
}

/** What an entry says: a rubric as its questions, a scenario by its fields, all else as the text of its file. */
export function Content({ kind, entry }: { kind: Kind; entry: Pick<Whole, "content" | "text"> }) {
  if (kind === "rubrics") return <Questions content={entry.content} />;
  if (kind === "scenarios") return <Fields content={entry.content} />;
  const prompt = kind === "judges" ? (entry.content as { prompt?: string }).prompt : undefined;
  return (
    <section className="stack" aria-labelledby="file">
      <h2 id="file">{kind === "judges" ? "Definition" : "File"}</h2>
      <pre className="text tall" tabIndex={0} dir="auto">
        {entry.text ?? JSON.stringify(entry.content, null, 2)}
      </pre>
      {prompt && (
        <>
          <h2>Prompt</h2>
          <pre className="text tall" tabIndex={0} dir="auto">
            {prompt}
          </pre>
        </>
      )}
    </section>
  );
}

/** A rubric as judges read it. */
export function Questions({ content }: { content: unknown }) {
  const { criteria = [], scale } = content as { criteria?: Criterion[]; scale?: { low: number; high: number } };
  return (
    <section className="stack" aria-labelledby="questions">
      <h2 id="questions">Criteria{scale && `, from ${scale.low} to ${scale.high}`}</h2>
      <div className="criteria">
        {criteria.map((criterion) => (
          <article key={criterion.name} className="card stack tight">
            <h3 className="name">{criterion.name}</h3>
            <p className="soft small">{asked(criterion)}</p>
            <p dir="auto">{criterion.description}</p>
            {criterion.anchors && (
              <dl className="anchors">
                {Object.entries(criterion.anchors).map(([level, text]) => (
                  <div key={level}>
                    <dt>{level}</dt>
                    <dd dir="auto">{text}</dd>
                  </div>
                ))}
              </dl>
            )}
          </article>
        ))}
      </div>
    </section>
  );
}

function asked({ gate, needs, scale, weight = 1 }: Criterion): string {
  if (gate) return `yes or no, a condition apart from the score${needs ? `, where the scenario has ${needs}` : ""}`;
  return `${scale === "yes_no" ? "yes or no, " : ""}weight ${weight}`;
}

/** A scenario by its fields. */
export function Fields({ content }: { content: unknown }) {
  const fields = Object.entries(content as Record<string, unknown>);
  return (
    <dl className="card fields-of">
      {fields.map(([key, value]) => (
        <div key={key}>
          <dt>{key.replaceAll("_", " ")}</dt>
          <dd dir="auto">
            <Value value={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Value({ value }: { value: unknown }) {
  if (Array.isArray(value) && !value.length) return UNKNOWN;
  if (Array.isArray(value)) {
    return (
      <ul>
        {value.map((each, place) => (
          <li key={place}>
            <Value value={each} />
          </li>
        ))}
      </ul>
    );
  }
  return inWords(value);
}
