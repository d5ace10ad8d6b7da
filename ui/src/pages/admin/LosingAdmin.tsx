import { Button } from "@mantine/core";

import { Dialog } from "../../app/Dialog";
import type { Role } from "../../gql/graphql";
import { roleLabel } from "./roles";

/** Asked before one's own role is taken away, since only another admin can give it back. */
export function LosingAdmin({ opened, role, close, go }: { opened: boolean; role: Role; close: () => void; go: () => void }) {
  return (
    <Dialog title="Stop being an admin?" opened={opened} close={close}>
      <p>
        You become {roleLabel(role).toLowerCase() === "user" ? "a user" : `a ${roleLabel(role).toLowerCase()}`}, and this page is closed to you within a
        second. Only another admin, or <code>tipbench link</code> on this machine, brings you back.
      </p>
      <div className="row">
        <Button color="red" onClick={go}>
          Give it up
        </Button>
        <Button variant="default" onClick={close}>
          Stay admin
        </Button>
      </div>
    </Dialog>
  );
}
