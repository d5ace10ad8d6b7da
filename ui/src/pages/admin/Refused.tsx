import { Alert, Button } from "@mantine/core";

import type { Failure } from "../../lib/failures";

interface Props {
  failure: Failure | null;
  /** Where there was no answer. */
  message: string;
  /** What was to be done, in a few words. */
  what: string;
  again: () => void;
  leave: () => void;
}

/** Why a change of roles was refused; where the session is too old for it, the way to a new one that loses nothing. */
export function Refused({ failure, message, what, again, leave }: Props) {
  const isOld = failure?.code === "FORBIDDEN";
  return (
    <Alert color={isOld ? "orange" : "red"} role="alert" variant="light" className="problem" title={isOld ? "Sign in once more for this" : "Not done"}>
      {isOld ? (
        <p>
          This needs a sign-in of the last 15 minutes. Leave this page open, run <code>tipbench link</code> and open what it prints in this
          browser, or <a href="/auth/sign-in" target="_blank" rel="noopener">sign in by a provider</a>; then go on here.
        </p>
      ) : (
        <p>{failure?.message ?? message}</p>
      )}
      <div className="row">
        <Button size="xs" onClick={again}>
          {isOld ? `I have: ${what}` : "Try again"}
        </Button>
        <Button size="xs" variant="default" onClick={leave}>
          Leave it
        </Button>
      </div>
    </Alert>
  );
}
