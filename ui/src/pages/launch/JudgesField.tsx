import { Button, TextInput } from "@mantine/core";

import { judgesIn, withJudge } from "./draft";

interface Props {
  value: string;
  change: (value: string) => void;
  error?: string | undefined;
  /** Whom the viewer judges as; "me" until they judged once. */
  me: string;
}

/** Who scores: typed, or added by a press for the judges that most begin with. */
export function JudgesField({ value, change, error, me }: Props) {
  const offers = [
    { label: "The automatic judge", judge: "heuristics=program" },
    { label: "You, at the keyboard", judge: me },
    { label: "An agent, with files", judge: "agent=agent" },
  ];
  const known = judgesIn(value);
  return (
    <div className="stack tight">
      <TextInput
        label="Judges"
        description="Names with commas between: NAME is a person, NAME=agent and NAME=program are what they say. Others can judge later"
        placeholder="agent=agent"
        value={value}
        onChange={(event) => change(event.currentTarget.value)}
        error={error}
      />
      <div className="row">
        <span className="soft small">Add</span>
        {offers.map(({ label, judge }) => (
          <Button key={judge} size="compact-sm" variant="default" disabled={known.includes(judge)} onClick={() => change(withJudge(value, judge))}>
            {label}
          </Button>
        ))}
      </div>
    </div>
  );
}
