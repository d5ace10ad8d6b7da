import { useEffect, useId, useRef, type ReactNode } from "react";

/** What had the focus last: a button that waits for an answer is disabled, and the browser then knows no way back to it. */
let lastFocused: HTMLElement | null = null;
document.addEventListener("focusin", ({ target }) => {
  if (target instanceof HTMLElement && !target.closest("dialog")) lastFocused = target;
});

/** A question over the page, by the browser's own dialog: Escape closes it, and the focus goes back. */
export function Dialog({ title, opened, close, children }: { title: string; opened: boolean; close: () => void; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    if (opened && !dialog.current?.open) dialog.current?.showModal();
    if (!opened) dialog.current?.close();
  }, [opened]);
  const leave = () => {
    close();
    // The browser moves the focus out of what is hidden at its next painting only.
    const at = document.activeElement;
    if ((!at || at === document.body || dialog.current?.contains(at)) && lastFocused?.isConnected) lastFocused.focus();
  };
  return (
    <dialog ref={dialog} aria-labelledby={heading} onClose={leave} className="card dialog">
      {opened && (
        <div className="stack">
          <h2 id={heading}>{title}</h2>
          {children}
        </div>
      )}
    </dialog>
  );
}
