import { counted } from "../../lib/format";
import { folded, lineDiff, type Line } from "../../lib/textDiff";

/** Two versions as one text: what went is struck, what came is underlined, and each line says which it is. */
export function Difference({ before, after, from, to }: { before: string; after: string; from: string; to: string }) {
  const lines = lineDiff(before, after);
  const changed = lines.filter((line) => line.kind !== "same").length;
  return (
    <section className="stack" aria-labelledby="difference">
      <h2 id="difference">
        From version {from} to {to}
      </h2>
      {changed === 0 ? (
        <p className="soft">Both say the same.</p>
      ) : (
        <div className="diff" role="group" aria-label="Lines" tabIndex={0}>
          {folded(lines).map(({ lines: part, isFolded }, number) =>
            isFolded ? (
              <details key={number}>
                <summary>{counted(part.length, "line")} the same</summary>
                <Rows lines={part} />
              </details>
            ) : (
              <Rows key={number} lines={part} />
            ),
          )}
        </div>
      )}
    </section>
  );
}

const SIGNS = { same: " ", removed: "−", added: "+" };
const WORDS = { same: "", removed: "removed: ", added: "added: " };

function Rows({ lines }: { lines: Line[] }) {
  return lines.map((line, place) => <Row key={place} line={line} />);
}

function Row({ line }: { line: Line }) {
  return (
    <div className="diff-line" data-kind={line.kind}>
      <span aria-hidden="true" className="sign">
        {SIGNS[line.kind]}
      </span>
      <span className="unseen">{WORDS[line.kind]}</span>
      <span dir="auto" className="diff-text">
        {line.pieces.map((piece, place) => {
          if (!piece.changed) return <span key={place}>{piece.text}</span>;
          return line.kind === "removed" ? <del key={place}>{piece.text}</del> : <ins key={place}>{piece.text}</ins>;
        })}
      </span>
    </div>
  );
}
