// The story: links in the text light what they name in the figure, and a step brings its paragraph into view.
import { remember, restores } from "./history.js";
import { failed } from "./keys.js";
import { point } from "./linked.js";
import { patch } from "./patch.js";
import { follow, form, pruned } from "./sliders.js";

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

// A chapter counts as read when its last step has been reached. Which are read is known to this browser alone.
const read = () => { try { return JSON.parse(localStorage.getItem("read")) ?? []; } catch { return []; } };
function keep(chapters) {
  try { localStorage.setItem("read", JSON.stringify(chapters)); } catch { /* private mode: nothing is kept */ }
  tick();
}
function tick() {
  const chapters = read();
  let count = 0;
  for (const link of document.querySelectorAll("[data-chapter]")) {
    const done = chapters.includes(link.dataset.chapter);
    link.querySelector(".been").hidden = !done;
    count += done;
  }
  const bar = document.getElementById("read");
  if (!bar) return;
  bar.value = count;
  for (const text of document.querySelectorAll("[data-count]")) text.hidden = text.dataset.count !== String(count);
  document.getElementById("unread").hidden = !count;
}
function reach() {
  const here = document.getElementById("story")?.dataset.read;
  if (here && !read().includes(here)) keep([...read(), here]);
  else tick();
}
reach();
document.addEventListener("htmx:after:swap", reach);
document.addEventListener("click", ({ target }) => { if (target.id === "unread") keep([]); });

// While a control of the figure moves, the chapter follows: one request at a time, then the newest; only what differs is
// touched. What is refused comes as the form alone.
let flying = false;
let again = false;

function ask() {
  again = false;
  const coming = fetch(`${form().action}?${new URLSearchParams(pruned(new FormData(form())))}`, { headers: { "HX-Request": "true" } });
  coming.catch(() => {}); // whoever awaits it is told
  return coming;
}

async function follows() {
  again = true;
  if (flying) return;
  flying = true;
  const then = restores;
  try {
    let coming = again && ask();
    while (coming) {
      const answer = await coming;
      if (!answer.ok) throw new Error(answer.statusText);
      const text = await answer.text();
      if (then !== restores) break; // the reader has walked elsewhere meanwhile
      coming = again && ask(); // the server works on the newest while the one before is drawn
      put(text, answer.headers);
    }
  } catch {
    failed();
  }
  flying = false;
  if (again) follows();
}

function put(text, headers) {
  const part = headers.get("HX-Reselect") ?? "#story";
  const old = document.querySelector(part);
  patch(old, new DOMParser().parseFromString(text, "text/html").querySelector(part), renew);
  for (const slider of form().querySelectorAll("input[type=range]")) follow(slider);
  tick();
  if (headers.has("HX-Push-Url")) remember(headers.get("HX-Push-Url"));
  document.dispatchEvent(new CustomEvent("live", { detail: [old] }));
}

// Other elements take the place of those that were there; of what has the focus, only those that are others.
function renew(old, fresh) {
  if (old.contains(document.activeElement)) window.htmx.swap({ text: fresh.outerHTML, target: old, swap: "outerMorph", sourceElement: form() });
  else old.replaceWith(fresh);
}
document.addEventListener("input", ({ target }) => { if (form()?.contains(target)) follows(); });
document.addEventListener("submit", (event) => {
  if (event.target !== form()) return;
  event.preventDefault();
  follows();
});
