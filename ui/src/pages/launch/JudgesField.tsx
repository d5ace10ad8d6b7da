import { Button, TextInput } from "@mantine/core";

import { judgesIn, withJudge } from "./draft";

interface Props {
  value: string;
  change: (value: string) => void;
  error?: string | undefined;
  /** Whom the viewer judges as; "me" until they judged once. */
  me: string;
  /** Judges of the catalog, by name. */
  entries: readonly { name: string; description: string }[];
}

/** As many entries as are offered beside the field; others are typed. */
const OFFERED = 8;

/** Who scores: typed, or added by a press for the judges that most begin with. */
export function JudgesField({ value, change, error, me, entries }: Props) {
  const offers: { label: string; judge: string; title?: string }[] = [
    { label: "The automatic judge", judge: "heuristics=program" },
    { label: "You, at the keyboard", judge: me },
    { label: "An agent, with files", judge: "agent=agent" },
    ...entries.slice(0, OFFERED).map(({ name, description }) => ({ label: name, judge: name, title: description })),
  ];
  const known = judgesIn(value);
  return (
    <div className="stack tight">
      <TextInput
        label="Judges"
        description="Names with commas between: NAME is a person, NAME=agent and NAME=program are what they say, and judges of the catalog go by their name. Others can judge later"
        placeholder="agent=agent"
        value={value}
        onChange={(event) => change(event.currentTarget.value)}
        error={error}
      />
      <div className="row">
        <span className="soft small">Add</span>
        {offers.map(({ label, judge, title }) => (
          <Button key={judge} size="compact-sm" variant="default" title={title} disabled={known.includes(judge)} onClick={() => change(withJudge(value, judge))}>
            {label}
          </Button>
        ))}
      </div>
    </div>
  );
}
