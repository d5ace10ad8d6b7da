import { useSearchParams } from "wouter";

import { typesOn } from "./entry";
import { withParameter } from "./parameters";

/** A text that is typed into a field and stands in the address: one step back from it leaves all of it. */
export function useTyped(name: string): [string, (text: string) => void] {
  const [params, setParams] = useSearchParams();
  return [params.get(name) ?? "", (text) => setParams((before) => withParameter(before, name, text || null), { replace: typesOn(params, name) })];
}
