import { useCallback, useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore, type ReactNode } from "react";

import icon from "../icon.svg";
import { count, counted } from "../lib/format";
import { Criteria } from "./Criteria";
import { Dialog } from "./Dialog";
import { ItemView } from "./ItemView";
import { KeysDialog } from "./KeysDialog";
import { keysOf, levelOf, meaningOf, shownKey, type ActionName, type Keymap } from "./keymap";
import { secondsAnItem } from "./pace";
import { answeredOf, answerOf, current, draftOf, flagOf } from "./reducer";
import { RefusedAnswers } from "./RefusedAnswers";
import type { JudgingSession, Snapshot } from "./session";
import type { Stored } from "./stored";

type Question = "unscorable" | "flag" | "keys" | null;

/** One round at work: the item, the rubric, what can be done and its keys. */
export function RoundPage({ session, stored, settings, many, isAdmin }: { session: JudgingSession; stored: Stored; settings: Record<string, unknown>; many: boolean; isAdmin: boolean }) {
  const snapshot = useSyncExternalStore(session.subscribe, session.get);
  const { state, status } = snapshot;
  const { keys, auto, setKeys, setAuto } = useSettings(stored, session, settings);
  const [question, setQuestion] = useState<Question>(null);
  const comment = useRef<HTMLTextAreaElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const item = current(state);
  const draft = item && draftOf(state, item);
  const closed = status.closed;
  useAgain(session, status.waiting, stored.lasting);
  useFocusOnItem(state.at, heading);

  const act = useCallback(
    (name: ActionName) => {
      const key = crypto.randomUUID();
      if (name === "pause") return session.pause(true);
      if (name === "help") return setQuestion("keys");
      if (closed && name !== "back") return;
      if (name === "comment") return comment.current?.focus();
      if (name === "unscorable") return setQuestion("unscorable");
      if (name === "up" || name === "down") return session.dispatch({ type: "step", by: name === "up" ? -1 : 1 });
      if (name === "yes" || name === "no") {
        const { state: now } = session.get();
        if (now.criteria[now.focus]?.yesNo) session.dispatch({ type: "level", value: name === "yes" ? 1 : 0, key });
        return;
      }
      if (name === "undo") return session.dispatch({ type: "undo" });
      if (name === "flag") return setQuestion("flag");
      session.dispatch({ type: name, key });
    },
    [session, closed],
  );
  useKeys(session, keys, act, question !== null || status.paused || closed);

  if (status.paused) return <Paused snapshot={snapshot} session={session} isAdmin={isAdmin} />;
  const answer = item && answerOf(state, item);
  const flag = item && flagOf(state, item);
  return (
    <>
      <header className="top">
        <span className="mark">
          <img src={icon} alt="" width={22} height={22} /> Judging
        </span>
        <Progress snapshot={snapshot} round={session.round} />
        <div className="tools">
          {many && <a href="#">All rounds</a>}
          <ActButton name="pause" keys={keys} act={act} />
          <ActButton name="help" keys={keys} act={act} />
        </div>
      </header>
      <Notices snapshot={snapshot} session={session} lasting={stored.lasting} />
      <main>
        <h1 ref={heading} tabIndex={-1} className="place">
          {item ? `Item ${count(item.place)} of ${count(state.total)}` : state.at === null && state.whole ? "All items have an answer" : "Loading …"}
          {item && state.skipped.includes(item.item) && <span className="tag">skipped before</span>}
          {answer?.unscorable && <span className="tag">cannot be scored: {answer.unscorable}</span>}
          {flag && <span className="tag flagged">flagged: {flag}</span>}
          {answer && !answer.unscorable && <span className="tag">answered</span>}
        </h1>
        <p role="status" className="notice">
          {state.notice}
        </p>
        {item && draft ? (
          <div className="work">
            <ItemView key={item.item} item={item} />
            <section aria-label="Your answer" className="answer">
              <Criteria
                item={item}
                criteria={state.criteria}
                draft={draft}
                focus={state.focus}
                keys={keys}
                disabled={closed}
                choose={(criterion, value) => session.dispatch({ type: "level", criterion, value, key: crypto.randomUUID() })}
                clear={(criterion) => session.dispatch({ type: "clear", criterion })}
                look={(criterion) => session.dispatch({ type: "focus", criterion })}
              />
              <label className="comment">
                <span>
                  Comment <kbd aria-hidden="true">{shownKey(keys.comment)}</kbd>
                </span>
                <textarea
                  ref={comment}
                  rows={2}
                  maxLength={10_000}
                  value={draft.comment}
                  disabled={closed}
                  dir="auto"
                  onChange={(event) => session.dispatch({ type: "comment", text: event.currentTarget.value })}
                  onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
                />
              </label>
            </section>
          </div>
        ) : (
          state.at === null && state.whole && <Done snapshot={snapshot} isAdmin={isAdmin} />
        )}
      </main>
      <footer className="acts" aria-label="What can be done">
        <ActButton name="back" keys={keys} act={act} />
        <ActButton name="undo" keys={keys} act={act} disabled={closed || state.done.length === 0} />
        <ActButton name="skip" keys={keys} act={act} disabled={closed || !item} />
        <ActButton name="flag" keys={keys} act={act} disabled={closed || !item} />
        <ActButton name="unscorable" keys={keys} act={act} disabled={closed || !item} />
        <ActButton name="next" keys={keys} act={act} disabled={closed || !item} main />
      </footer>
      {question === "unscorable" && (
        <Unscorable
          close={() => setQuestion(null)}
          save={(reason) => {
            setQuestion(null);
            session.dispatch({ type: "unscorable", reason, key: crypto.randomUUID() });
          }}
        />
      )}
      {question === "flag" && item && (
        <Flag
          flagged={flag}
          close={() => setQuestion(null)}
          save={(reason, stay) => {
            setQuestion(null);
            session.dispatch({ type: "flag", reason, stay, key: crypto.randomUUID() });
          }}
        />
      )}
      {question === "keys" && <KeysDialog keys={keys} setKeys={setKeys} auto={auto} setAuto={setAuto} criteria={state.criteria} close={() => setQuestion(null)} />}
    </>
  );
}

const SHORT: Partial<Record<ActionName, string>> = { next: "Next", help: "Keys", unscorable: "Cannot score" };

function ActButton({ name, keys, act, disabled = false, main = false }: { name: ActionName; keys: Keymap; act: (name: ActionName) => void; disabled?: boolean; main?: boolean }) {
  const label = SHORT[name] ?? name.charAt(0).toUpperCase() + name.slice(1);
  return (
    <button type="button" className={main ? "main" : undefined} disabled={disabled} onClick={() => act(name)} aria-keyshortcuts={keys[name]}>
      {label} <kbd aria-hidden="true">{shownKey(keys[name])}</kbd>
    </button>
  );
}

/** The keys and whether values go on by themselves, as this browser keeps them. */
function useSettings(stored: Stored, session: JudgingSession, settings: Record<string, unknown>) {
  const [keys, setKeys] = useState<Keymap>(() => keysOf(settings["keys"]));
  const auto = useSyncExternalStore(session.subscribe, () => session.get().state.auto);
  return {
    keys,
    auto,
    setKeys: (next: Keymap) => {
      setKeys(next);
      void stored.setSettings({ keys: next, auto });
    },
    setAuto: (on: boolean) => {
      session.dispatch({ type: "auto", on });
      void stored.setSettings({ keys, auto: on });
    },
  };
}

/** Acts on keys that are pressed on the page, and not in a field or a question: from the moment that it is shown, not after it. */
function useKeys(session: JudgingSession, keys: Keymap, act: (name: ActionName) => void, off: boolean): void {
  useLayoutEffect(() => {
    if (off) return;
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
      const target = event.target instanceof Element ? event.target : null;
      if (target?.closest("input, textarea, select, dialog")) return;
      if (event.key === "Enter" && target?.closest("button, a, summary")) return;
      const meaning = meaningOf(event, keys);
      if (!meaning) return;
      event.preventDefault();
      if ("action" in meaning) return act(meaning.action);
      const { state } = session.get();
      const criterion = state.criteria[state.focus];
      const value = criterion && levelOf(meaning.level, criterion.low, criterion.high);
      if (value !== null && value !== undefined) session.dispatch({ type: "level", value, key: crypto.randomUUID() });
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [session, keys, act, off]);
}

/** Tries to send again when the connection is back or the tab is seen again, and asks before unsent answers are left. */
function useAgain(session: JudgingSession, waiting: number, lasting: boolean): void {
  useEffect(() => {
    const seen = () => document.visibilityState === "visible" && session.again();
    window.addEventListener("online", session.again);
    document.addEventListener("visibilitychange", seen);
    return () => {
      window.removeEventListener("online", session.again);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [session]);
  useEffect(() => {
    if (lasting || waiting === 0) return;
    const leaving = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", leaving);
    return () => window.removeEventListener("beforeunload", leaving);
  }, [lasting, waiting]);
}

/** The focus follows to the next item, so that it is read out and Tab begins there; a field keeps it. */
function useFocusOnItem(at: number | null, heading: React.RefObject<HTMLHeadingElement | null>): void {
  const first = useRef(true);
  useEffect(() => {
    if (!first.current && !document.activeElement?.closest("dialog")) {
      heading.current?.focus({ preventScroll: true });
      window.scrollTo(0, 0);
    }
    first.current = false;
  }, [at, heading]);
}

function Progress({ snapshot, round }: { snapshot: Snapshot; round: JudgingSession["round"] }) {
  const { state, status } = snapshot;
  const answered = answeredOf(state, round.answered);
  const seconds = secondsAnItem(status.times);
  const left = Math.max(0, state.total - answered);
  return (
    <div className="progress">
      <progress max={state.total || 1} value={answered} aria-label="Answered" />
      <span>
        {count(answered)} of {count(state.total)} answered
        {seconds !== null && left > 0 && `, ${Math.max(1, Math.round(seconds))} s an item, ${time(seconds * left)} left`}
      </span>
      <span className="saved" data-waiting={status.waiting > 0 || undefined}>
        {status.waiting > 0 ? `${count(status.waiting)} to be sent` : "all saved"}
      </span>
    </div>
  );
}

function time(seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `about ${minutes} min` : `about ${Math.round(minutes / 6) / 10} h`;
}

function Notices({ snapshot, session, lasting }: { snapshot: Snapshot; session: JudgingSession; lasting: boolean }) {
  const { status } = snapshot;
  const again = (label: string): ReactNode => (
    <button type="button" onClick={session.again}>
      {label}
    </button>
  );
  return (
    <div className="notices">
      {status.closed && (
        <p role="alert" className="warn">
          This round is closed: it takes no more answers. What you answered before is saved.
        </p>
      )}
      {status.signedOut && (
        <p role="alert" className="warn">
          Your session has ended. Nothing is lost: go on here, answers wait in this browser. To send them, open the link that you were given, or a new one from whoever invited you, in
          another tab; then come back. {again("I have signed in again")}
        </p>
      )}
      {!status.signedOut && status.stuck && (
        <p role="alert" className="warn">
          {status.stuck} Go on judging: {lasting ? "answers wait in this browser, also when the tab is closed, and are sent by themselves." : "answers wait in this tab; leave it open."}{" "}
          {again("Try now")}
        </p>
      )}
      {status.loadingFailed && !status.signedOut && (
        <p role="alert" className="warn">
          The next items could not be loaded: {status.loadingFailed} {again("Try again")}
        </p>
      )}
      <RefusedAnswers refused={status.refused} rubric={session.round.rubric} forget={session.forget} />
    </div>
  );
}

function Paused({ snapshot, session, isAdmin }: { snapshot: Snapshot; session: JudgingSession; isAdmin: boolean }) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  const { status } = snapshot;
  return (
    <main className="narrow">
      <h1>Paused here</h1>
      <p>
        {status.waiting === 0 ? "Everything is saved" : `${answers(status.waiting, "waits", "wait")} in this browser and ${status.waiting === 1 ? "is" : "are"} sent when it is online`}: close the tab if you like. You go on where you are.
      </p>
      <button ref={button} type="button" className="main" onClick={() => session.pause(false)}>
        Go on <kbd aria-hidden="true">⏎</kbd>
      </button>
      {isAdmin && <BackToPanel />}
    </main>
  );
}

function answers(number: number, one: string, many: string): string {
  return `${counted(number, "answer")} ${number === 1 ? one : many}`;
}

/** The way on for an admin who judges too; a judge has no other page. */
function BackToPanel() {
  return (
    <p>
      <a href="/rounds">Back to the panel</a>, where rounds are closed
    </p>
  );
}

function Done({ snapshot, isAdmin }: { snapshot: Snapshot; isAdmin: boolean }) {
  const { state, status } = snapshot;
  return (
    <div className="done">
      <p>
        {state.total === 0
          ? "This round has no items for you."
          : status.waiting > 0
            ? `That was the last one. ${answers(status.waiting, "is", "are")} still on the way: leave this open until all are saved.`
            : "That was the last one, and all is saved. Thank you. Until the round is closed you can go back and change what you said."}
      </p>
      {isAdmin && <BackToPanel />}
    </div>
  );
}

function Flag({ flagged, save, close }: { flagged: string | null; save: (reason: string | null, stay: boolean) => void; close: () => void }) {
  const [reason, setReason] = useState(flagged ?? "");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <Dialog title="What should the admins know of this item?" close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (reason.trim()) save(reason, false);
        }}
      >
        <label className="comment">
          <span>In your own words</span>
          <input ref={field} value={reason} maxLength={2_000} dir="auto" onChange={(event) => setReason(event.currentTarget.value)} />
        </label>
        <p className="soft">A flag is no answer: the item comes again after the others, and you can score it then or now.</p>
        <div className="row">
          {flagged !== null && (
            <button type="button" onClick={() => save(null, true)}>
              Take the flag back
            </button>
          )}
          <button type="button" disabled={!reason.trim()} onClick={() => save(reason, true)}>
            Flag and stay
          </button>
          <button type="submit" className="main" disabled={!reason.trim()}>
            Flag and go on <kbd aria-hidden="true">⏎</kbd>
          </button>
        </div>
      </form>
    </Dialog>
  );
}

const REASONS = ["It is in a language that I cannot read.", "It is empty or cut off.", "The situation cannot be understood."];

function Unscorable({ save, close }: { save: (reason: string) => void; close: () => void }) {
  const [reason, setReason] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <Dialog title="Why can it not be scored?" close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (reason.trim()) save(reason);
        }}
      >
        <div className="reasons">
          {REASONS.map((each) => (
            <button key={each} type="button" onClick={() => save(each)}>
              {each}
            </button>
          ))}
        </div>
        <label className="comment">
          <span>Or in your own words</span>
          <input ref={field} value={reason} maxLength={2_000} dir="auto" onChange={(event) => setReason(event.currentTarget.value)} />
        </label>
        <p className="soft">A bad tip can be scored: give it low values. This is for one that nobody could score.</p>
        <div className="row">
          <button type="button" onClick={close}>
            Leave it
          </button>
          <button type="submit" className="main" disabled={!reason.trim()}>
            Save and next <kbd aria-hidden="true">⏎</kbd>
          </button>
        </div>
      </form>
    </Dialog>
  );
}
