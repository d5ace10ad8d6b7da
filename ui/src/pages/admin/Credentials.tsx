import { Button } from "@mantine/core";
import { useState } from "react";
import { useMutation } from "urql";

import { Dialog } from "../../app/Dialog";
import { When } from "../../app/When";
import { EndSessionDocument, EndTokenDocument, type CredentialLineFragment } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { serverNow } from "../../lib/clock";
import { failureOf } from "../../lib/failures";
import { Ahead } from "./Ahead";
import { counts, shortCredential } from "./roles";

interface Props {
  credentials: readonly CredentialLineFragment[];
  /** The one that this page is shown with. */
  mine: string;
  changed: () => void;
}

/** A user's sessions and tokens, each with the button that ends it. */
export function Credentials({ credentials, mine, changed }: Props) {
  const [ending, setEnding] = useState<CredentialLineFragment | null>(null);
  const [all, setAll] = useState(false);
  const live = credentials.filter((each) => counts(each, serverNow()));
  const shown = all ? credentials : live;
  return (
    <div className="stack tight">
      {shown.length === 0 && <p className="soft">No session or token counts now.</p>}
      <ul className="plain lines">
        {shown.map((each) => (
          <li key={each.id} className="row">
            <span>
              {each.via} <code title={each.id}>{shortCredential(each.id)}</code> {each.id === mine && <strong>this one</strong>}
            </span>
            <span className="soft small">
              began <When at={each.createdAt} />
              {each.revokedAt ? (
                <>
                  , ended <When at={each.revokedAt} />
                </>
              ) : (
                <>
                  , {counts(each, serverNow()) ? "ends" : "ended"}{" "}
                  <Ahead at={each.expiresAt} />
                </>
              )}
            </span>
            {counts(each, serverNow()) && (
              <Button size="compact-sm" variant="default" onClick={() => setEnding(each)} aria-label={`End ${each.via} ${shortCredential(each.id)}`}>
                End
              </Button>
            )}
          </li>
        ))}
      </ul>
      {credentials.length > live.length && (
        <Button size="compact-sm" variant="subtle" onClick={() => setAll(!all)} className="start">
          {all ? "Hide those that ended" : `Show ${credentials.length - live.length} that ended`}
        </Button>
      )}
      <Ending credential={ending} isMine={ending?.id === mine} close={() => setEnding(null)} changed={changed} />
    </div>
  );
}

interface EndingProps {
  credential: CredentialLineFragment | null;
  isMine: boolean;
  close: () => void;
  changed: () => void;
}

function Ending({ credential, isMine, close, changed }: EndingProps) {
  const [session, endSession] = useMutation(EndSessionDocument);
  const [token, endToken] = useMutation(EndTokenDocument);
  const [problem, setProblem] = useState<string | null>(null);
  const what = credential?.via === "token" ? "token" : "session";
  const go = async () => {
    if (!credential) return;
    const result = what === "token" ? await endToken({ credential: credential.id }) : await endSession({ credential: credential.id });
    const failure = failureOf(result.data?.ended);
    if (failure || result.error) {
      setProblem(failure?.message ?? (result.error ? sentence(result.error) : null));
      return;
    }
    setProblem(null);
    close();
    changed();
  };
  return (
    <Dialog title={`End this ${what}?`} opened={credential !== null} close={close}>
      <p>
        Within a second nothing can be done with it any more{isMine ? ", by you on this page too" : ""}. There is no way back: whoever used it has to sign
        in again.
      </p>
      {problem && (
        <p role="alert" className="bad">
          {problem}
        </p>
      )}
      <div className="row">
        <Button color="red" loading={session.fetching || token.fetching} onClick={() => void go()}>
          End it
        </Button>
        <Button variant="default" onClick={close}>
          Leave it
        </Button>
      </div>
    </Dialog>
  );
}
