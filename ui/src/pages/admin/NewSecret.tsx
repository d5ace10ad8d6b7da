import { Button } from "@mantine/core";

import { CopyButton } from "./CopyButton";

export interface Secret {
  /** What the webhook is called. */
  name: string;
  secret: string;
}

/** A webhook's new secret, shown once: a reload or another page forgets it. */
export function NewSecret({ of, hide }: { of: Secret; hide: () => void }) {
  return (
    <section className="card stack tight" role="status" aria-label="New secret">
      <p>
        The secret of <strong>{of.name}</strong>, by which its receiver verifies that a message is ours. It is shown only now.
      </p>
      <div className="row">
        <code className="secret token">{of.secret}</code>
        <CopyButton text={of.secret} />
        <Button size="xs" variant="default" onClick={hide}>
          Hide it
        </Button>
      </div>
    </section>
  );
}
