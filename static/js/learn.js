// The story: links in the text light what they name in the figure, and a step brings its paragraph into view.
import { say } from "./keys.js";
import { point } from "./linked.js";

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const bring = (element, block) => element?.scrollIntoView({ block, behavior: calm() ? "auto" : "smooth" });

document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".learn main a[data-path]");
  if (!link) return;
  event.preventDefault();
  point(link); // a finger does not hover
  bring(document.getElementById(link.hash.slice(1)), "nearest");
});

let shown = document.querySelector(".step.current")?.id;
document.addEventListener("htmx:after:swap", () => {
  const step = document.querySelector(".step.current");
  if (step && step.id !== shown) bring(step, matchMedia("(max-width: 959px)").matches ? "start" : "nearest");
  shown = step?.id;
});

document.addEventListener("htmx:error", () => say(document.getElementById("form").dataset.failed, true));
