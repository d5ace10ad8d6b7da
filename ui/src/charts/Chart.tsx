import { useEffect, useRef, useState } from "react";

interface Props {
  title: string;
  /** Pixels that the picture will take. */
  height: number;
  /** Makes the picture for a width; it is made anew when the width or the data change. */
  draw: (width: number) => Promise<Element>;
}

/** How near to the window, in pixels, a picture is drawn before it is seen. */
const NEAR = "400px";

/** A picture by Observable Plot, drawn when it comes into view, named for a screen reader; its numbers stand in the table. */
export function Chart({ title, height, draw }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [isNear, setNear] = useState(false);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    const element = frame.current;
    if (!element) return undefined;
    const sizes = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    const views = new IntersectionObserver(([entry]) => {
      if (!entry?.isIntersecting) return;
      setNear(true);
      views.disconnect();
    }, { rootMargin: NEAR });
    sizes.observe(element);
    views.observe(element);
    return () => {
      sizes.disconnect();
      views.disconnect();
    };
  }, []);
  useEffect(() => {
    if (!isNear || width < 100) return undefined;
    let isCurrent = true;
    draw(width).then(
      (picture) => {
        if (!isCurrent) return;
        // Plot brings a style element, which the policy forbids: panel.css has its rules.
        picture.querySelectorAll("style").forEach((style) => style.remove());
        // Inner names are for a picture that is read part by part; this one is one picture.
        picture.querySelectorAll("[aria-label]").forEach((part) => part.removeAttribute("aria-label"));
        picture.setAttribute("aria-hidden", "true");
        frame.current?.replaceChildren(picture);
        setFailed(false);
      },
      () => isCurrent && setFailed(true),
    );
    return () => void (isCurrent = false);
  }, [draw, width, isNear]);
  return (
    <>
      <div ref={frame} className="chart" role="img" aria-label={title} style={{ minHeight: height }} />
      {failed && (
        <p role="alert" className="warn">
          The picture could not be loaded: reload the page. Its numbers stand in the table.
        </p>
      )}
    </>
  );
}
