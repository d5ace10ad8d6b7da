import { useCallback, useEffect, useState } from "react";

import { count } from "../lib/format";
import { ApiError, ask } from "./api";
import { MyRoundsDocument, RoundDocument, type MyRoundsQuery } from "./gql/graphql";
import { RoundPage } from "./RoundPage";
import { JudgingSession } from "./session";
import { openStored, type Stored } from "./stored";

type Rounds = MyRoundsQuery["judgeRounds"]["nodes"];
type Shown =
  | { kind: "loading" }
  | { kind: "failed"; message: string; code?: string }
  | { kind: "rounds"; rounds: Rounds; judge: string | null; role: string }
  | { kind: "round"; session: JudgingSession; stored: Stored; settings: Record<string, unknown>; many: boolean; isAdmin: boolean };

const TITLES: Readonly<Record<string, string>> = {
  UNAUTHENTICATED: "You are not signed in",
  PREPARING: "The round is not ready yet",
};

/** The judge's rounds, or the one that is to be judged. */
export function JudgeApp() {
  const [shown, setShown] = useState<Shown>({ kind: "loading" });
  const [wanted, setWanted] = useState<string | null>(roundOf(location.hash));
  useEffect(() => {
    const moved = () => setWanted(roundOf(location.hash));
    window.addEventListener("hashchange", moved);
    return () => window.removeEventListener("hashchange", moved);
  }, []);
  const load = useCallback(() => {
    let current = true;
    setShown({ kind: "loading" });
    opened(wanted).then(
      (next) => {
        if (current) setShown(next);
        else if (next.kind === "round") next.session.close();
      },
      (error: unknown) => current && setShown({ kind: "failed", message: String(error) }),
    );
    return () => void (current = false);
  }, [wanted]);
  useEffect(load, [load]);
  useEffect(() => (shown.kind === "round" ? () => shown.session.close() : undefined), [shown]);

  switch (shown.kind) {
    case "loading":
      return (
        <main aria-busy="true">
          <p role="status">Loading …</p>
        </main>
      );
    case "failed":
      return (
        <main className="narrow">
          <h1>{TITLES[shown.code ?? ""] ?? "The round could not be loaded"}</h1>
          <p>{shown.code === "UNAUTHENTICATED" ? "Open the link that you were given in this browser; whoever invited you can make another." : shown.message}</p>
          <button type="button" className="main" onClick={load}>
            Try again
          </button>
        </main>
      );
    case "rounds":
      return <RoundList {...shown} />;
    case "round":
      return <RoundPage session={shown.session} stored={shown.stored} settings={shown.settings} many={shown.many} isAdmin={shown.isAdmin} />;
  }
}

function RoundList({ rounds, judge, role }: { rounds: Rounds; judge: string | null; role: string }) {
  const when = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
  return (
    <main className="narrow">
      <h1>Judging</h1>
      {rounds.length === 0 ? (
        <p>
          {judge === null
            ? "You have no judge's name yet: an admin gives you one with an invitation, or under Judges and rounds."
            : `Nothing is to be judged by ${judge} now. When a round is opened for you, it stands here.`}
        </p>
      ) : (
        <ul className="rounds">
          {rounds.map((round) => (
            <li key={round.id}>
              <a href={`#${round.id}`}>
                <strong>{round.state === "closed" ? "Closed round" : round.answered < round.total ? "Go on judging" : "All is answered"}</strong>
                <span>
                  {count(round.answered)} of {count(round.total)} answered, opened{" "}
                  <time dateTime={round.openedAt} title={`${round.openedAt.slice(0, 19).replace("T", " ")} UTC`}>
                    {when.format(Date.parse(round.openedAt))}
                  </time>
                </span>
              </a>
            </li>
          ))}
        </ul>
      )}
      {role === "ADMIN" && (
        <p>
          <a href="/rounds">{rounds.length ? "Back to the panel" : "To Judges and rounds, where you can open one for yourself"}</a>
        </p>
      )}
    </main>
  );
}

function roundOf(hash: string): string | null {
  return /^#([\w-]+)$/.exec(hash)?.[1] ?? null;
}

async function opened(wanted: string | null): Promise<Shown> {
  try {
    const { me, judgeRounds } = await ask(MyRoundsDocument, {});
    const rounds = judgeRounds.nodes.filter((round) => round.judge === me.judge);
    const open = rounds.filter((round) => round.state === "open");
    const [only] = open;
    const id = wanted ?? (open.length === 1 && only ? only.id : null);
    if (id === null || me.judge === null) return { kind: "rounds", rounds, judge: me.judge, role: me.role };
    if (!rounds.some((round) => round.id === id)) throw new ApiError("There is no such round of yours.", "NOT_FOUND");
    const { judgeRound } = await ask(RoundDocument, { round: id });
    if (judgeRound.state === "preparing") throw new ApiError("Its items are being prepared, which takes a minute at most.", "PREPARING");
    const stored = await openStored(me.judge, id);
    const settings = await stored.settings();
    const session = await JudgingSession.open(judgeRound, stored, settings["auto"] !== false);
    return { kind: "round", session, stored, settings, many: rounds.length > 1, isAdmin: me.role === "ADMIN" };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { kind: "failed", message: error.message, code: error.code };
  }
}
