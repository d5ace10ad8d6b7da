import { useEffect, useLayoutEffect, type RefObject } from "react";

import { store, stored } from "../lib/entry";

const PATIENCE_MS = 3_000;
const OWN_HAND = ["wheel", "touchstart", "keydown", "pointerdown"];

/** A new page begins at its top; one that is come back to by the browser's button is where it was left. */
export function useScrolled(path: string, main: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const leave = (event: MouseEvent) => {
      if ((event.target as Element | null)?.closest?.("a[href]")) store("top", location.pathname, scrollY);
    };
    addEventListener("click", leave, { capture: true });
    return () => removeEventListener("click", leave, { capture: true });
  }, []);
  useLayoutEffect(() => {
    const top = stored<number>("top", path);
    const page = main.current;
    if (!top || !page) return undefined;
    // Its lists may be read anew: they grow until it is there, or somebody scrolls.
    const go = () => {
      scrollTo(0, top);
      if (Math.abs(scrollY - top) < 1) stop();
    };
    const observer = new ResizeObserver(go);
    const timer = setTimeout(() => stop(), PATIENCE_MS);
    const stop = () => {
      observer.disconnect();
      clearTimeout(timer);
      for (const each of OWN_HAND) removeEventListener(each, stop);
    };
    for (const each of OWN_HAND) addEventListener(each, stop, { passive: true });
    observer.observe(page);
    return stop;
  }, [path, main]);
}
