import { Select } from "@mantine/core";

export interface MomentChoice {
  value: string;
  label: string;
  /** The time here and in UTC, where the choice is a moment. */
  title?: string;
}

interface Props {
  label: string;
  data: MomentChoice[];
  value: string;
  choose: (value: string | null) => void;
}

/** A choice of moments, each with the time in UTC on hover, the chosen one too. */
export function MomentSelect({ label, data, value, choose }: Props) {
  const titles = new Map(data.map((each) => [each.value, each.title]));
  return (
    <Select
      label={label}
      data={data.map(({ value: each, label: words }) => ({ value: each, label: words }))}
      value={value}
      title={titles.get(value)}
      onChange={choose}
      renderOption={({ option }) => <span title={titles.get(option.value)}>{option.label}</span>}
      allowDeselect={false}
      w={225}
    />
  );
}
