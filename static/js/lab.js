// The lab: a run tells its progress as it is made; once it has ended, its section is brought anew, and nothing else.
import "./history.js";
import { failed } from "./keys.js";

const open = new Map();

function bring(section) {
  const here = new URL(location.href);
  here.searchParams.delete("verify"); // once is enough
  const part = { target: `#${section.id}`, select: `#${section.id}`, swap: "outerMorph" };
  window.htmx.ajax("GET", here.pathname + here.search, part);
}

function follow(section) {
  const { events } = section.dataset;
  if (open.has(events)) return;
  const source = new EventSource(events);
  open.set(events, source);
  source.onmessage = ({ data }) => {
    const job = JSON.parse(data);
    const here = document.querySelector(`[data-events="${events}"]`);
    if (!["queued", "running"].includes(job.status)) {
      source.close();
      if (here) bring(here);
    } else if (here) {
      here.querySelector("progress").value = job.progress;
      here.querySelector(".message").textContent = job.message;
      if (job.partial) {
        const figures = here.querySelectorAll("plot-figure");
        if (!figures.length) bring(here);
        for (const figure of figures) figure.setAttribute("src", `${figure.dataset.address}#${job.progress}`);
      }
    }
  };
  source.onerror = () => { // it comes back by itself, unless the server knows no such job any more, or too many follow
    const here = document.querySelector(`[data-events="${events}"]`);
    if (source.readyState !== EventSource.CLOSED) return;
    if (here) bring(here);
    setTimeout(() => {
      open.delete(events);
      watch();
    }, 5000);
  };
}

// Who starts two runs at once has both in the address: the answer to one need not know of the other.
document.addEventListener("htmx:before:history:update", ({ detail: { history: update } }) => {
  const [here, there] = [location.search, update.path.split("?")[1]].map((query) => new URLSearchParams(query));
  for (const { id } of document.querySelectorAll(".run")) if (here.has(id) && !there.has(id)) update.path += `&${id}=${here.get(id)}`;
});

// An answer that is not this page is said, and what stands stays.
document.addEventListener("htmx:before:swap", (event) => {
  const { ctx } = event.detail;
  const run = ctx.sourceElement?.closest?.(".run");
  if (!run || ctx.text?.includes(`id="${run.id}"`)) return;
  event.preventDefault();
  failed();
});

const watch = () => document.querySelectorAll("[data-events]").forEach(follow);
document.addEventListener("htmx:after:swap", watch);
watch();
