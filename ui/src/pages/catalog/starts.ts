/** What a new entry begins with: the smallest that is valid but for its name. */

import type { Kind } from "./kinds";

export const STARTS: Partial<Record<Kind, string>> = {
  prompts: `+++
name = "my-prompt"
version = "1"
description = "One tip in one sentence"
mode = "chat"
max_tokens = 96

[cut]
max_sentences = 2
+++
## system
You give one short, useful tip.

## user
{{ situation }}

{{ context }}
`,
  scenarios: `{
  "id": "my-scenario",
  "area": "work",
  "locale": "en-GB",
  "situation": "Somebody has an hour before the train and wants to get one thing done.",
  "open_tasks": ["answer the landlord"]
}`,
  rubrics: `name = "my-rubric"
version = "1"
description = "How good is this tip for this person in this situation?"

[scale]
low = 1
high = 5

[[criteria]]
name = "specific"
description = "Names what to do, with what, when or how much."
[criteria.anchors]
"1" = "A general truth."
"5" = "A step so clear that two people would do the same thing."
`,
};
