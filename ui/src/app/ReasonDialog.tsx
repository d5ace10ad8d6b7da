import { Button, Textarea } from "@mantine/core";
import { useState, type ReactNode } from "react";

import { Dialog } from "./Dialog";

export interface ReasonProps {
  title: string;
  /** On the button that does it. */
  go: string;
  opened: boolean;
  close: () => void;
  /** Does it, and returns why it was not done, null where it was. */
  act: (reason: string) => Promise<string | null>;
  label?: string;
  isDangerous?: boolean;
  /** Nothing can be done while what it rests on is still to come. */
  isWaiting?: boolean;
  children: ReactNode;
}

/** A question whose answer is on record, with its reason in the admin's words; a refusal leaves what was typed. */
export function ReasonDialog({ title, opened, close, ...rest }: ReasonProps) {
  return (
    <Dialog title={title} opened={opened} close={close}>
      <Form close={close} {...rest} />
    </Dialog>
  );
}

function Form({ go, close, act, label = "Reason, for the record", isDangerous = false, isWaiting = false, children }: Omit<ReasonProps, "title" | "opened">) {
  const [reason, setReason] = useState("");
  const [refused, setRefused] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    setBusy(true);
    const why = await act(reason.trim());
    setBusy(false);
    if (why) setRefused(why);
    else close();
  };
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (reason.trim() && !busy && !isWaiting) void submit();
      }}
    >
      {children}
      <Textarea label={label} required maxLength={500} rows={3} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
      {refused && (
        <p role="alert" className="bad">
          {refused}
        </p>
      )}
      <div className="row">
        <Button type="submit" color={isDangerous ? "red" : undefined} loading={busy} disabled={!reason.trim() || isWaiting}>
          {go}
        </Button>
        <Button variant="default" onClick={close}>
          Leave it
        </Button>
      </div>
    </form>
  );
}
