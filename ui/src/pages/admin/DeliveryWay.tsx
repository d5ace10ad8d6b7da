import { Button } from "@mantine/core";
import { useState } from "react";
import { useMutation, useQuery } from "urql";

import { Dialog } from "../../app/Dialog";
import { Loading } from "../../app/Loading";
import { Problem } from "../../app/Problem";
import { Moment } from "../../app/When";
import { NoticeHistoryDocument, SendNoticeAgainDocument } from "../../gql/graphql";
import { sentence } from "../../lib/client";
import { failureOf } from "../../lib/failures";

/** Why a notice is where it is, read once it is opened; what nobody knows the outcome of can be sent again. */
export function DeliveryWay({ notice, unknown, changed }: { notice: string; unknown: boolean; changed: () => void }) {
  const [opened, setOpened] = useState(false);
  return (
    <details className="small" onToggle={(event) => setOpened(event.currentTarget.open)}>
      <summary aria-label={`Why notice ${notice} is there`}>why</summary>
      {opened && <Way notice={notice} />}
      {opened && unknown && <SendAgain notice={notice} changed={changed} />}
    </details>
  );
}

function Way({ notice }: { notice: string }) {
  const [{ data, error, fetching }, refresh] = useQuery({ query: NoticeHistoryDocument, variables: { notice }, requestPolicy: "cache-and-network" });
  const steps = data?.noticeHistory.steps;
  return (
    <>
      {error && (
        <Problem title={steps ? "This may be old" : "The way of this notice could not be read"} again={() => refresh({ requestPolicy: "network-only" })}>
          {sentence(error)}
        </Problem>
      )}
      {!steps && fetching && <Loading what="the way of this notice" />}
      {steps && (
        <ol className="way">
          {steps.map((step, number) => (
            <li key={number}>
              {step.at && (
                <>
                  <Moment at={step.at} />:{" "}
                </>
              )}
              {step.text}
              {step.until && (
                <>
                  {" "}
                  Until <Moment at={step.until} />.
                </>
              )}
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

function SendAgain({ notice, changed }: { notice: string; changed: () => void }) {
  const [asking, setAsking] = useState(false);
  const [refused, setRefused] = useState("");
  const [{ fetching }, send] = useMutation(SendNoticeAgainDocument);
  const go = async () => {
    const { data, error } = await send({ notice });
    const found = data?.sendNoticeAgain;
    if (found?.__typename === "DeliveryHistory") {
      setAsking(false);
      changed();
    } else setRefused(failureOf(found)?.message ?? (error ? sentence(error) : "It was not sent again."));
  };
  return (
    <>
      <Button size="compact-sm" variant="default" onClick={() => setAsking(true)}>
        Send again
      </Button>
      <Dialog title="Send this notice again?" opened={asking} close={() => setAsking(false)}>
        <p>Nobody knows whether it arrived. Sent again, the user may get it twice; left as it is, they may have it in the inbox of the app alone.</p>
        {refused && (
          <p role="alert" className="bad">
            {refused}
          </p>
        )}
        <div className="row">
          <Button loading={fetching} onClick={() => void go()}>
            Send it once more
          </Button>
          <Button variant="default" onClick={() => setAsking(false)}>
            Leave it
          </Button>
        </div>
      </Dialog>
    </>
  );
}
