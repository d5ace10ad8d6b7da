import { print } from "graphql";
import type { TypedDocumentNode } from "urql";
import { useEffect, useRef, useState } from "react";

import { socket } from "./client";
import { follow, type State } from "./follow";

interface Followed<Data, Variables> {
  query: TypedDocumentNode<Data, Variables>;
  /** Null where there is nothing to follow; `after` is filled in. */
  variables: Omit<Variables, "after"> | null;
  cursorOf: (data: Data) => string;
  onEvent: (data: Data) => void;
}

/** Follows a subscription for as long as the component is there; gives how the connection is. */
export function useFollowed<Data, Variables>({ query, variables, cursorOf, onEvent }: Followed<Data, Variables>): State | null {
  const [state, setState] = useState<State | null>(null);
  const latest = useRef({ cursorOf, onEvent });
  latest.current = { cursorOf, onEvent };
  const key = JSON.stringify(variables);
  useEffect(() => {
    if (variables === null) {
      setState(null);
      return undefined;
    }
    const text = print(query);
    return follow<Data>({
      open: (after, sink) =>
        socket.subscribe<Data>(
          { query: text, variables: { ...variables, after } },
          {
            next: (result) => (result.data ? sink.next(result.data) : sink.error(result.errors)),
            error: sink.error,
            complete: sink.complete,
          },
        ),
      cursorOf: (data) => latest.current.cursorOf(data),
      onEvent: (data) => latest.current.onEvent(data),
      onState: setState,
      isFinal: (error) => Array.isArray(error),
    });
    // `key` stands for the variables.
  }, [query, key]);
  return state;
}
