import { useEffect, useRef, useState } from "react";

interface Props {
  title: string;
  /** Makes the picture for a width; it is made anew when the width or the data change. */
  draw: (width: number) => Element;
}

/** A picture by Observable Plot, named for a screen reader; its numbers stand in the table. */
export function Chart({ title, draw }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = frame.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setWidth(Math.floor(element.clientWidth)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (!frame.current || width < 100) return;
    const picture = draw(width);
    // Plot brings a style element, which the policy forbids: panel.css has its rules.
    picture.querySelectorAll("style").forEach((style) => style.remove());
    // Inner names are for a picture that is read part by part; this one is one picture.
    picture.querySelectorAll("[aria-label]").forEach((part) => part.removeAttribute("aria-label"));
    picture.setAttribute("aria-hidden", "true");
    frame.current.replaceChildren(picture);
  }, [draw, width]);
  return <div ref={frame} className="chart" role="img" aria-label={title} />;
}
