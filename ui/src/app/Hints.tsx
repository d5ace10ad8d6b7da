import { useCallback, useEffect, useId, useRef, useState, type FocusEvent, type MouseEvent, type ReactNode } from "react";

interface Shown {
  target: HTMLElement;
  text: string;
  left: number;
  top: number;
}

const WIDTH = 300;
const GAP = 6;

/** Explains on hover and on focus what lies within and has a `data-hint`: one tooltip for all of a table's marks. */
export function Hints({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<Shown | null>(null);
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const hide = useCallback(() => setShown(null), []);
  const show = (event: MouseEvent | FocusEvent) => {
    const target = (event.target as Element).closest<HTMLElement>("[data-hint]");
    if (!target) return;
    const place = target.getBoundingClientRect();
    const left = Math.max(GAP, Math.min(place.left, innerWidth - WIDTH - GAP));
    setShown({ target, text: target.dataset["hint"] ?? "", left, top: place.bottom + GAP });
  };
  const leave = (event: MouseEvent | FocusEvent) => {
    const to = event.relatedTarget instanceof Node ? event.relatedTarget : null;
    // A pointer may go on to the words, and what has the focus stays explained.
    if (!shown || box.current?.contains(to) || shown.target.contains(to)) return;
    if (event.type === "mouseout" && shown.target === document.activeElement) return;
    hide();
  };
  useEffect(() => {
    if (!shown) return undefined;
    const { target } = shown;
    const pressed = (event: KeyboardEvent) => void (event.key === "Escape" && hide());
    target.setAttribute("aria-describedby", id);
    document.addEventListener("keydown", pressed);
    document.addEventListener("scroll", hide, { capture: true, passive: true });
    return () => {
      target.removeAttribute("aria-describedby");
      document.removeEventListener("keydown", pressed);
      document.removeEventListener("scroll", hide, { capture: true });
    };
  }, [shown, hide, id]);
  return (
    <div onMouseOver={show} onMouseOut={leave} onFocus={show} onBlur={leave} onClick={show}>
      {children}
      {shown && (
        <div ref={box} role="tooltip" id={id} className="hint" style={{ left: shown.left, top: shown.top }}>
          {shown.text}
        </div>
      )}
    </div>
  );
}
