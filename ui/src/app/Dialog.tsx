import { useEffect, useId, useRef, type ReactNode } from "react";

/** A question over the page, by the browser's own dialog: Escape closes it, and the focus goes back. */
export function Dialog({ title, opened, close, children }: { title: string; opened: boolean; close: () => void; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    if (opened && !dialog.current?.open) dialog.current?.showModal();
    if (!opened) dialog.current?.close();
  }, [opened]);
  return (
    <dialog ref={dialog} aria-labelledby={heading} onClose={close} className="card dialog">
      {opened && (
        <div className="stack">
          <h2 id={heading}>{title}</h2>
          {children}
        </div>
      )}
    </dialog>
  );
}
