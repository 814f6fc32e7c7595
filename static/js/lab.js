// The lab: what runs tells its progress as it is made; once it has ended, the page is brought anew.
import { WHOLE } from "/static/js/history.js";

const open = new Map();

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
      if (here) window.htmx.ajax("GET", location.href, WHOLE);
    } else if (here) {
      here.querySelector("progress").value = job.progress;
      here.querySelector(".message").textContent = job.message;
      if (job.partial) {
        const figures = here.querySelectorAll("plot-figure");
        if (!figures.length) window.htmx.ajax("GET", location.href, WHOLE);
        for (const figure of figures) figure.setAttribute("src", `${figure.dataset.address}#${job.progress}`);
      }
    }
  };
}

const watch = () => document.querySelectorAll("[data-events]").forEach(follow);
document.addEventListener("htmx:after:swap", watch);
watch();
