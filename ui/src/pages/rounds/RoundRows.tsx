import { Button } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useMutation } from "urql";
import { Link } from "wouter";

import { Dialog } from "../../app/Dialog";
import { Moment, When } from "../../app/When";
import { CloseRoundDocument, InviteJudgeDocument, type JudgeRoundsQuery } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { serverNow } from "../../lib/clock";
import { failureOf } from "../../lib/failures";
import { count, duration, share } from "../../lib/format";
import { CopiedLink } from "./CopiedLink";
import { expectedEnd, isAnswered, isAtWork, takesAnswers, workLeft } from "./pace";

type Round = JudgeRoundsQuery["judgeRounds"]["nodes"][number];

/** Rounds, the newest first: how far, how fast, until when, and what can be done. */
export function RoundRows({ rounds, more, me, changed, children }: { rounds: Round[]; more: boolean; me: string | null; changed: () => void; children?: ReactNode }) {
  if (rounds.length === 0) {
    return (
      <div className="card empty">
        <h2>No round yet</h2>
        {children ?? <p>Open a round for a judge above: a person gets a link, and scores at the keyboard or on a phone.</p>}
      </div>
    );
  }
  return (
    <section className="stack" aria-labelledby="rounds">
      <h2 id="rounds">Rounds</h2>
      <div className="scroll">
        <table className="list cards">
          <thead>
            <tr>
              <th scope="col">Judge</th>
              <th scope="col">Experiment</th>
              <th scope="col">State</th>
              <th scope="col" className="num">
                Answered
              </th>
              <th scope="col">Pace</th>
              <th scope="col">Expected end</th>
              <th scope="col">
                <span className="unseen">What can be done</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rounds.map((round) => (
              <Row key={round.id} round={round} me={me} changed={changed} />
            ))}
          </tbody>
        </table>
      </div>
      {more && <p className="soft">The newest 100; choose an experiment to see all of it.</p>}
    </section>
  );
}

const STATES: Readonly<Record<string, string>> = { preparing: "is being prepared", open: "open", closed: "closed", failed: "was not prepared: open it again" };

function Row({ round, me, changed }: { round: Round; me: string | null; changed: () => void }) {
  const [closing, setClosing] = useState(false);
  const [link, setLink] = useState<{ path: string; expiresAt: string } | null>(null);
  const [problem, setProblem] = useState("");
  const [{ fetching }, invite] = useMutation(InviteJudgeDocument);
  const [closed, close] = useMutation(CloseRoundDocument);
  const isOpen = takesAnswers(round);
  const isDone = isAnswered(round);

  // A judge who was invited before gets a link of the same kind, which signs in the same user.
  const getLink = async () => {
    setProblem("");
    for (const again of [false, true]) {
      const { data, error } = await invite({ judge: round.judge, again });
      if (error) return setProblem(sentence(error));
      const given = data?.inviteUser;
      if (given?.__typename === "Invitation") return setLink({ path: given.signInPath, expiresAt: given.expiresAt });
      const failure = failureOf(given);
      if (again || failure?.path[0] !== "judge") return setProblem(failure?.message ?? "");
    }
  };
  const closeIt = async () => {
    const { data, error } = await close({ round: round.id });
    setClosing(false);
    setProblem(error ? sentence(error) : (failureOf(data?.closeJudgeRound)?.message ?? ""));
    changed();
  };
  return (
    <tr>
      <td data-label="Judge">
        <span className="name">{round.judge}</span> <span className="soft small">{round.kind}</span>
      </td>
      <td data-label="Experiment">
        <Link className="name" to={`/experiments/${round.experiment}/leaderboard`}>
          {round.experiment}
        </Link>
      </td>
      <td data-label="State">
        <span className="state" data-state={round.state === "open" ? "collecting" : round.state === "closed" ? "judged" : round.state === "failed" ? "unreadable" : "pinned"}>
          {STATES[round.state] ?? round.state}
        </span>
        <div className="small soft">
          {round.closedAt ? <>closed <When at={round.closedAt} /></> : <>opened <When at={round.openedAt} /></>}
          {round.state === "preparing" && ", a worker writes its items; this takes some seconds"}
        </div>
      </td>
      <td data-label="Answered" className="num">
        {round.state === "preparing" ? "–" : `${count(round.answered)} of ${count(round.total)}`}
        <div className="small soft">{round.total > 0 && share(round.answered / round.total)}</div>
      </td>
      <td data-label="Pace">
        <Pace round={round} />
      </td>
      <td data-label="Expected end">
        <End round={round} />
      </td>
      <td>
        {isOpen && (
          <div className="row">
            {round.judge === me ? (
              round.state === "open" ? (
                <Button size="xs" variant={isDone ? "default" : "filled"} component="a" href={`/judge#${round.id}`}>
                  Judge
                </Button>
              ) : (
                <Button size="xs" disabled>
                  Judge
                </Button>
              )
            ) : (
              round.kind === "human" && (
                <Button size="xs" variant="default" loading={fetching} onClick={() => void getLink()} aria-label={`Link for ${round.judge}`}>
                  Link
                </Button>
              )
            )}
            <Button size="xs" variant={isDone ? "filled" : "default"} onClick={() => setClosing(true)} aria-label={`Close the round of ${round.judge}`}>
              Close
            </Button>
          </div>
        )}
        {round.state === "closed" && round.answered > 0 && (
          <>
            <Link className="small" to={`/experiments/${round.experiment}/leaderboard`} aria-label={`Leaderboard of ${round.experiment}, with ${round.judge}`}>
              Leaderboard
            </Link>{" "}
          </>
        )}
        {(round.state === "open" || round.state === "closed") && (
          <a className="small" href={`/api/bench/packets/${round.id}`} aria-label={`Download the packet of ${round.judge}, ${round.experiment}`} title="Items, rubric and instructions as a ZIP file, to judge elsewhere">
            Packet
          </a>
        )}
        {problem && (
          <p role="alert" className="bad small">
            {problem}
          </p>
        )}
        <Dialog title={`A link for ${round.judge}`} opened={link !== null} close={() => setLink(null)}>
          {link && <CopiedLink address={`${location.origin}${link.path}`} expiresAt={link.expiresAt} />}
        </Dialog>
        <Dialog title={`Close the round of ${round.judge}?`} opened={closing} close={() => setClosing(false)}>
          <p>
            It takes no more answers, and what was answered is published: {count(round.answered)} of {count(round.total)}.{!isDone && " What is left can be judged in another round."}
          </p>
          <div className="row">
            <Button onClick={() => void closeIt()} loading={closed.fetching}>
              Close and publish
            </Button>
            <Button variant="default" onClick={() => setClosing(false)}>
              Leave it open
            </Button>
          </div>
        </Dialog>
      </td>
    </tr>
  );
}

function Pace({ round }: { round: Round }) {
  if (!round.pace) return <span className="soft">no answer on the page yet</span>;
  return (
    <>
      {round.pace.seconds === null || round.pace.seconds === undefined ? "too few answers" : `${duration(Math.max(1, round.pace.seconds))} an item`}
      <div className="small soft">
        last <When at={round.pace.lastAt} />
      </div>
    </>
  );
}

function End({ round }: { round: Round }) {
  if (round.state !== "open") return <span>–</span>;
  if (isAnswered(round)) return <span>all is answered</span>;
  const left = workLeft(round);
  const end = expectedEnd(round, serverNow());
  if (left === null) return <span>–</span>;
  return (
    <>
      {end ? <Moment at={end.toISOString()} isToday={left <= 12 * 3600} /> : `${duration(left)} of work`}
      <div className="small soft">{isAtWork(round, serverNow()) ? `${duration(left)} without a pause` : "paused"}</div>
    </>
  );
}
