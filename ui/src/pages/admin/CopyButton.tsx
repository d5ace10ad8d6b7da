import { Button } from "@mantine/core";
import { useState } from "react";

/** Copies a text, and says so; where the browser forbids it, the text beside it can be marked. */
export function CopyButton({ text, label = "Copy" }: { text: string; label?: string }) {
  const [said, setSaid] = useState("");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid("Copied");
    } catch {
      setSaid("Not copied: mark it and copy it");
    }
  };
  return (
    <>
      <Button size="xs" variant="default" onClick={() => void copy()}>
        {label}
      </Button>
      <span role="status" className="soft small">
        {said}
      </span>
    </>
  );
}
