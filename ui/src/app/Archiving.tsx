import { Button } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useMutation } from "urql";

import { ArchiveExperimentDocument, UnarchiveExperimentDocument } from "../gql/graphql";
import { sentence } from "../lib/client";
import { failureOf } from "../lib/failures";

export interface Archiving {
  /** Puts an experiment into the archive, or takes it out. */
  set: (name: string, archived: boolean) => void;
  done: { name: string; archived: boolean } | null;
  problem: string | null;
}

/** An empty list names no experiment by which it could be known to be old. */
const LISTS = { additionalTypenames: ["ExperimentConnection"] };

/** Archiving and taking it back, one at a time; `changed` hears what the server has recorded. */
export function useArchiving(changed?: (archived: boolean) => void): Archiving {
  const [{ fetching: isArchiving }, archive] = useMutation(ArchiveExperimentDocument);
  const [{ fetching: isUnarchiving }, unarchive] = useMutation(UnarchiveExperimentDocument);
  const [done, setDone] = useState<Archiving["done"]>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const go = async (name: string, archived: boolean) => {
    const { data, error } = await (archived ? archive : unarchive)({ name }, LISTS);
    const refused = failureOf(data?.changed);
    setProblem(error ? sentence(error) : (refused?.message ?? null));
    if (error || refused) return;
    setDone({ name, archived });
    changed?.(archived);
  };
  return { set: (name, archived) => void (isArchiving || isUnarchiving || go(name, archived)), done, problem };
}

/** What was just done, with the way back; it takes the focus, since the button that was pressed is there no more. */
export function ArchivingNote({ archiving: { set, done, problem } }: { archiving: Archiving }) {
  const undo = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (done) undo.current?.focus();
  }, [done]);
  return (
    <>
      <div role="status" className={done ? "card spread" : "unseen"}>
        {done && (
          <>
            <span>
              <strong className="name">{done.name}</strong>{" "}
              {done.archived ? "is archived: it takes no launches, rounds or scores. Nothing is deleted." : "is in use again."}
            </span>
            <Button ref={undo} size="xs" variant="default" onClick={() => set(done.name, !done.archived)}>
              Undo
            </Button>
          </>
        )}
      </div>
      {problem && (
        <p role="alert" className="bad">
          {problem}
        </p>
      )}
    </>
  );
}
