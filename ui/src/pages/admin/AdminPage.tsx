import { lazy } from "react";
import { Redirect, Route, Switch } from "wouter";

import { NotFoundPage } from "../NotFoundPage";
import { AuditPage } from "./AuditPage";
import { BackfillsPage } from "./BackfillsPage";
import { ConnectionsPage } from "./ConnectionsPage";
import { DeadLettersPage } from "./DeadLettersPage";
import { DeliveriesPage } from "./DeliveriesPage";
import { ErasuresPage } from "./ErasuresPage";
import { HealthPage } from "./HealthPage";
import { PushKeysPage } from "./PushKeysPage";
import { SuppressionsPage } from "./SuppressionsPage";
import { UsersPage } from "./UsersPage";
import { WebhooksPage } from "./WebhooksPage";

const PoliciesPage = lazy(() => import("../policies/PoliciesPage"));

/** Who may do what, what was done, and whether everything runs. */
export default function AdminPage() {
  return (
    <Switch>
      <Route path="/admin">
        <Redirect to="/admin/users" replace />
      </Route>
      <Route path="/admin/users" component={UsersPage} />
      <Route path="/admin/audit" component={AuditPage} />
      <Route path="/admin/backfills" component={BackfillsPage} />
      <Route path="/admin/policies" component={PoliciesPage} />
      <Route path="/admin/dead-letters" component={DeadLettersPage} />
      <Route path="/admin/deliveries" component={DeliveriesPage} />
      <Route path="/admin/erasures" component={ErasuresPage} />
      <Route path="/admin/push-keys" component={PushKeysPage} />
      <Route path="/admin/connections" component={ConnectionsPage} />
      <Route path="/admin/webhooks" component={WebhooksPage} />
      <Route path="/admin/suppressions" component={SuppressionsPage} />
      <Route path="/admin/health" component={HealthPage} />
      <Route component={NotFoundPage} />
    </Switch>
  );
}
