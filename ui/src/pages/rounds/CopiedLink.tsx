import { Button, TextInput } from "@mantine/core";
import { useState } from "react";

import { Moment } from "../../app/When";

/** A link that is shown once, with a button that copies it. */
export function CopiedLink({ address, expiresAt }: { address: string; expiresAt: string }) {
  const [copied, setCopied] = useState<"" | "copied" | "by hand">("");
  const copy = () => {
    navigator.clipboard.writeText(address).then(
      () => setCopied("copied"),
      () => setCopied("by hand"),
    );
  };
  return (
    <div className="stack">
      <p>Give it to the judge. It signs in once, and is shown only here; you can make another at any time.</p>
      <TextInput label="Link" readOnly value={address} onFocus={(event) => event.currentTarget.select()} />
      <div className="row">
        <Button onClick={copy}>Copy the link</Button>
        <span role="status">{copied === "copied" ? "Copied." : copied === "by hand" ? "The browser does not let us: mark the text and copy it." : ""}</span>
      </div>
      <p className="soft small">
        It ends on <Moment at={expiresAt} />.
      </p>
    </div>
  );
}
