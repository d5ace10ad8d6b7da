import { Button, Select } from "@mantine/core";
import { useState } from "react";
import { useQuery } from "urql";

import { Diff } from "../../app/Diff";
import { Problem } from "../../app/Problem";
import { PinnedPromptsDocument } from "../../gql/graphql";
import { sentence } from "../../lib/client";

interface Pinned {
  name: string;
  messages?: { role: string; content: string }[];
}

/** The prompts' texts as the experiment pins them, one beside another word by word. */
export function Prompts({ name, cells }: { name: string; cells: string[] }) {
  const [wanted, setWanted] = useState(false);
  const [{ data, error, fetching }] = useQuery({ query: PinnedPromptsDocument, variables: { name }, pause: !wanted });
  const prompts = promptsOf(data?.experiment?.spec);
  const [one, setOne] = useState(cells[0] ?? "");
  const [other, setOther] = useState("");
  const text = prompts.find((each) => each.name === one)?.text;
  const before = prompts.find((each) => each.name === other)?.text;
  return (
    <section className="card stack" aria-labelledby="prompts">
      <div className="spread">
        <h2 id="prompts">Prompts</h2>
        {!prompts.length && (
          <Button size="xs" variant="default" loading={fetching} onClick={() => setWanted(true)}>
            Show their texts
          </Button>
        )}
      </div>
      {error && <Problem title="They could not be read">{sentence(error)}</Problem>}
      {prompts.length > 0 && (
        <>
          <div className="row end">
            <Select label="Prompt" data={cells} value={one} onChange={(value) => setOne(value ?? "")} allowDeselect={false} />
            <Select
              label="Mark words that differ from"
              data={[{ value: "", label: "Nothing" }, ...cells.filter((each) => each !== one)]}
              value={other === one ? "" : other}
              onChange={(value) => setOther(value ?? "")}
              allowDeselect={false}
            />
          </div>
          <pre className="text" tabIndex={0} aria-label={`Text of ${one}`}>
            {!text ? "This experiment pins no text of it." : before !== undefined && other !== one ? <Diff before={before} after={text} /> : text}
          </pre>
        </>
      )}
    </section>
  );
}

function promptsOf(spec: unknown): { name: string; text: string }[] {
  const found = (spec as { prompts?: Pinned[] } | undefined)?.prompts ?? [];
  return found.map(({ name, messages }) => ({ name, text: (messages ?? []).map((each) => `[${each.role}]\n${each.content}`).join("\n\n") }));
}
