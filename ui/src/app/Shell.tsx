import { Alert, Button, useMantineColorScheme, type MantineColorScheme } from "@mantine/core";
import { useEffect, useRef, useState, useSyncExternalStore, type KeyboardEvent, type ReactNode } from "react";
import { Link, useLocation } from "wouter";

import icon from "../icon.svg";
import { stored } from "../lib/entry";
import { retrying } from "../lib/retrying";
import { session } from "../lib/session";
import { Segments } from "./Segments";
import { useScrolled } from "./useScrolled";

const PAGES = [
  { to: "/", name: "Experiments", isHere: (path: string) => path === "/" || path.startsWith("/experiments") },
  { to: "/launch", name: "Launch", isHere: (path: string) => path.startsWith("/launch") },
  { to: "/rounds", name: "Judges", isHere: (path: string) => path.startsWith("/rounds") },
  { to: "/catalog", name: "Catalog", isHere: (path: string) => path.startsWith("/catalog") },
  { to: "/admin", name: "Admin", isHere: (path: string) => path.startsWith("/admin") },
];
const ELSEWHERE = [
  { to: "/dagster/", name: "Dagit" },
  { to: "/mlflow/", name: "MLflow" },
  { to: "/graphiql/", name: "GraphiQL" },
];
const SCHEMES = [
  { value: "auto", label: "Auto" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];

/** The frame of every page: where one is, where one can go, and whether the session still holds. */
export function Shell({ children }: { children: ReactNode }) {
  const [path] = useLocation();
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(() => {
    // A new page begins at its top, for the eye and for a screen reader; the first one is where the browser put it.
    if (!first.current) {
      if (!stored("top", path)) window.scrollTo(0, 0);
      main.current?.focus({ preventScroll: true });
    }
    first.current = false;
  }, [path]);
  useScrolled(path, main);
  return (
    <>
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <Head path={path} />
      <SessionEnded />
      <ServerAway />
      <main id="main" ref={main} tabIndex={-1}>
        {children}
      </main>
    </>
  );
}

/** The name, the pages and what is beside them; what finds no room in one row opens by the menu. */
function Head({ path }: { path: string }) {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => setOpen(false), [path]);
  const pressed = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !isOpen) return;
    setOpen(false);
    button.current?.focus();
  };
  const close = () => setOpen(false);
  return (
    <header className="top" data-open={isOpen || undefined} onKeyDown={pressed}>
      <Link to="/" className="mark" onClick={close}>
        <img src={icon} alt="" width={26} height={26} />
        Tipbench
      </Link>
      <button ref={button} type="button" className="menu" aria-expanded={isOpen} aria-controls="places" onClick={() => setOpen(!isOpen)}>
        <svg viewBox="0 0 20 20" width={20} height={20} aria-hidden="true">
          <path d={isOpen ? "M4 4l12 12M16 4L4 16" : "M2 5h16M2 10h16M2 15h16"} />
        </svg>
        Menu
      </button>
      <div id="places" className="places">
        <nav aria-label="Pages" className="pages">
          {PAGES.map((page) => (
            <Link key={page.to} to={page.to} onClick={close} aria-current={page.isHere(path) ? "page" : undefined}>
              {page.name}
            </Link>
          ))}
        </nav>
        <nav aria-label="Beside the panel" className="elsewhere">
          {ELSEWHERE.map((place) => (
            <a key={place.to} href={place.to}>
              {place.name}
            </a>
          ))}
          <SignOut />
        </nav>
        <SchemeChoice />
      </div>
    </header>
  );
}

function SchemeChoice() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Segments small label="Colours" value={colorScheme} choices={SCHEMES} change={(value) => setColorScheme(value as MantineColorScheme)} />
  );
}

/** Ends the session of this browser; the page that follows says how one signs in again. */
function SignOut() {
  const out = async () => {
    try {
      await fetch("/auth/sign-out", { method: "POST", headers: { "X-Tipbench": "1" } });
    } finally {
      location.assign("/");
    }
  };
  return (
    <button type="button" onClick={() => void out()}>
      Sign out
    </button>
  );
}

function SessionEnded() {
  const state = useSyncExternalStore(session.subscribe, session.get);
  if (state === "open") return null;
  if (state === "demoted") {
    return (
      <Alert color="orange" title="You are no admin any more" role="alert" className="ended" radius={0}>
        <p>Somebody has changed your role, and these pages are for admins. Nothing typed is lost: once you are one again, go on here.</p>
        <Button size="xs" variant="default" onClick={() => session.set("open")}>
          Try again
        </Button>
      </Alert>
    );
  }
  return (
    <Alert color="orange" title="Your session has ended" role="alert" className="ended" radius={0}>
      <p>
        Nothing typed is lost: leave this tab open, run <code>tipbench link</code>, open the link that it prints in this
        browser, then come back and go on.
      </p>
      <Button size="xs" variant="default" onClick={() => session.set("open")}>
        I have signed in again
      </Button>
    </Alert>
  );
}

/** Says that what could not be read is tried again, in one place however much of a page that is. */
function ServerAway() {
  const state = useSyncExternalStore(retrying.subscribe, retrying.get);
  if (state === "none") return null;
  return (
    <div role="status" className="away">
      <span>{state === "waiting" ? "The server is not reached: trying again by itself." : "The server was not reached for ten minutes."}</span>
      <Button size="xs" variant="default" onClick={() => retrying.now()}>
        {state === "waiting" ? "Try now" : "Try again"}
      </Button>
    </div>
  );
}
