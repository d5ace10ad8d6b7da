/** Sends a file and says how far it is, which `fetch` does not. */

import { HEADERS } from "../../lib/client";

export interface Answer {
  status: number;
  /** What was answered, null where it is no JSON. */
  body: unknown;
}

/** The answer to a file that was put to an address; fails where the connection is lost before one came. */
export function put(path: string, file: File, progress: (sent: number) => void): Promise<Answer> {
  return new Promise((answered, failed) => {
    const request = new XMLHttpRequest();
    request.open("PUT", path);
    request.setRequestHeader("X-Tipbench", HEADERS["X-Tipbench"]);
    request.upload.onprogress = ({ loaded }) => progress(Math.min(loaded, file.size));
    request.upload.onload = () => progress(file.size);
    request.onload = () => answered({ status: request.status, body: parsed(request.responseText) });
    request.onerror = request.onabort = () => failed(new Error("the connection was lost"));
    request.send(file);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
