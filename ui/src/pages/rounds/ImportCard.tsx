import { Button, Progress } from "@mantine/core";
import { useRef, useState, type DragEvent } from "react";
import { useMutation } from "urql";

import { Problem } from "../../app/Problem";
import { ScoresLinkDocument } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { failureOf } from "../../lib/failures";
import { count, counted } from "../../lib/format";
import { LARGEST_MB, onItsWay, refusedFile } from "./pace";
import { put } from "./upload";

/** What the server made of a file. */
interface Receipt {
  state: "stored" | "repeated" | "rejected";
  judge: string | null;
  n_answers: number;
  n_problems: number;
  problems: { line: number; message: string }[];
  n_blank: number;
  read_over: string[];
}

/** Takes a file of scores by a drop or a choice, and says line by line what is wrong with it. */
export function ImportCard({ experiment, imported }: { experiment: string; imported: () => void }) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [file, setFile] = useState("");
  const [problem, setProblem] = useState("");
  const [receipt, setReceipt] = useState<Receipt | null>(null);
  const [way, setWay] = useState<{ sent: number; size: number } | null>(null);
  const [, getLink] = useMutation(ScoresLinkDocument);

  const take = async (given: File | undefined) => {
    if (!given) return;
    setFile(given.name);
    setReceipt(null);
    const refused = refusedFile(given);
    setProblem(refused ?? "");
    if (refused) return;
    setWay({ sent: 0, size: given.size });
    try {
      const { data, error } = await getLink({ experiment, size: given.size, judge: null });
      const link = data?.importScores;
      if (error || link?.__typename !== "Upload") {
        setProblem(error ? sentence(error) : (failureOf(link)?.message ?? "The server gave no link."));
        return;
      }
      const { status, body } = await put(link.uploadPath, given, (sent) => setWay({ sent, size: given.size }));
      if (isReceipt(body)) {
        setReceipt(body);
        imported();
      } else if (codeOf(body) === "TIMEOUT") {
        setProblem("The server needed too long to check this file: split it, or drop it again when less is going on. What it has taken already counts once.");
      } else setProblem(messageOf(body) ?? `The server answered ${status}.`);
    } catch {
      setProblem("The connection was lost while the file was sent; nothing of it is stored. Try again.");
    } finally {
      setWay(null);
      if (input.current) input.current.value = "";
    }
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void take(event.dataTransfer.files[0]);
  };
  return (
    <section className="card stack" aria-labelledby="import">
      <h2 id="import">Import a file of scores</h2>
      <div
        className="drop"
        data-over={over || undefined}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <p>Drop the file here that a judge has given you: items.csv or scores.jsonl. The judge follows from its items; all of it is taken or nothing. At most {LARGEST_MB} MB.</p>
        <Button variant="default" loading={way !== null} onClick={() => input.current?.click()}>
          Choose a file
        </Button>
        <input ref={input} type="file" hidden aria-label="File of scores" accept=".jsonl,.json,.csv,.txt,.md" onChange={(event) => void take(event.currentTarget.files?.[0])} />
      </div>
      {way && (
        <div className="stack tight">
          <p>
            <span className="name">{file}</span>: {onItsWay(way.sent, way.size)}
          </p>
          <Progress value={(100 * way.sent) / way.size} color="var(--accent)" aria-label={`Sent of ${file}`} />
        </div>
      )}
      <div role="status">
        {receipt && receipt.state !== "rejected" && (
          <p>
            <strong className="good">{receipt.state === "stored" ? "Taken" : "Known already"}</strong> <span className="name">{file}</span>: {counted(receipt.n_answers, "answer")} of {receipt.judge}
            {receipt.n_blank > 0 && `, ${counted(receipt.n_blank, "row")} without one`}
            {receipt.state === "stored" ? "; the leaderboard follows within a minute." : "; nothing changes."}
            {receipt.read_over.length > 0 && ` Read over: ${receipt.read_over.join("; ")}.`}
          </p>
        )}
      </div>
      {problem && <Problem title={`${file || "The file"} was not taken`}>{problem}</Problem>}
      {receipt?.state === "rejected" && <Problems receipt={receipt} file={file} />}
    </section>
  );
}

function Problems({ receipt, file }: { receipt: Receipt; file: string }) {
  return (
    <div role="alert" className="stack">
      <p>
        <strong className="bad">Nothing was taken</strong> of <span className="name">{file}</span>: {counted(receipt.n_problems, "problem")}. Mend the file and drop it again.
      </p>
      <div className="scroll report" role="group" aria-label="Problems" tabIndex={0}>
        <table className="list">
          <thead>
            <tr>
              <th scope="col" className="num">
                Line
              </th>
              <th scope="col">What is wrong</th>
            </tr>
          </thead>
          <tbody>
            {receipt.problems.map((each, number) => (
              <tr key={number}>
                <td className="num">{count(each.line)}</td>
                <td>{each.message}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {receipt.n_problems > receipt.problems.length && <p className="soft">The first {count(receipt.problems.length)} of them.</p>}
    </div>
  );
}

function isReceipt(body: unknown): body is Receipt {
  return typeof body === "object" && body !== null && "state" in body && "n_answers" in body;
}

function codeOf(body: unknown): unknown {
  return typeof body === "object" && body !== null && "code" in body ? body.code : null;
}

function messageOf(body: unknown): string | null {
  return typeof body === "object" && body !== null && "message" in body && typeof body.message === "string" ? body.message : null;
}
