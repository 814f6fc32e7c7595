// The design space: budgets that can be dragged, a box that can be drawn, the front that can be walked, long counts.
import { form } from "./sliders.js";
import { WHOLE } from "./history.js";
import { say } from "./keys.js";

const figure = () => document.getElementById("cloud");
const handles = () => document.querySelectorAll(".budget input");

// The form's fields are the door's keys: an axis goes as `vary`.
document.addEventListener("htmx:config:request", ({ target, detail }) => {
  const { body } = detail.ctx.request;
  if (target !== form() || !body) return;
  detail.ctx.sent = moved;
  if (detail.ctx.sourceEvent?.type === "slide") { // while a budget moves, the form stays; the rest of the page waits
    detail.ctx.select = "#results";
    detail.ctx.target = document.getElementById("results");
  }
  for (const [key, value] of [...body]) {
    if (!key.startsWith("vary.")) continue;
    body.delete(key);
    if (value) body.append("vary", `${key.slice(5)}:${value}`);
  }
});

// A handle and the form's slider are one; the line follows at once, what it means comes from the server.
function place(handle) {
  const { value, min, max } = handle;
  const line = handle.parentElement;
  line.style.setProperty("--at", `${100 * (value - min) / (max - min)}%`);
}
const sliderOf = (handle) => document.getElementById(handle.dataset.slider);
const handleOf = (slider) => document.querySelector(`[data-slider="${slider.id}"]`);

let moved; // the slider that was moved last, and where to

document.addEventListener("input", ({ target }) => {
  if (target.matches(".budget input")) {
    sliderOf(target).value = target.value;
    sliderOf(target).dispatchEvent(new Event("input", { bubbles: true }));
  } else if (target.matches("#panel form input[type=range]")) {
    moved = { id: target.id, value: target.value, text: document.getElementById(target.dataset.field).value };
    show();
    handles().forEach(place);
    window.htmx.trigger(form(), "slide");
  }
});

function show() {
  const slider = document.getElementById(moved.id);
  const handle = handleOf(slider);
  slider.value = moved.value;
  document.getElementById(slider.dataset.field).value = moved.text;
  if (!handle) return;
  handle.value = moved.value;
  handle.parentElement.removeAttribute("data-none");
  handle.parentElement.querySelector("output").value = moved.text;
}

// An answer to an earlier place leaves the slider where it is by now.
document.addEventListener("htmx:after:swap", ({ detail }) => {
  if (moved && detail.ctx.sent && detail.ctx.sent !== moved) show();
  handles().forEach(place);
});
document.addEventListener("change", ({ target }) => {
  if (target.matches(".budget input")) sliderOf(target).dispatchEvent(new Event("change", { bubbles: true }));
});

// What is drawn says where the lines go. The server knows nothing of places: a morph leaves them as they are.
document.addEventListener("drawn", ({ target, detail: canvas }) => {
  if (target.id !== "cloud") return;
  const plot = document.getElementById("plot");
  for (const [side, pixels] of Object.entries(canvas.layout.margin)) plot.style.setProperty(`--${side}`, `${pixels}px`);
  plot.dataset.placed = "";
  handles().forEach(place);
  if (canvas.dataset.heard) return;
  canvas.dataset.heard = true;
  canvas.on("plotly_click", ({ points: [point] }) => open(point));
  canvas.on("plotly_selected", select);
});
window.htmx.config.morphIgnore = [...window.htmx.config.morphIgnore, "style", "data-placed"];

// A click on the front or on a mark opens that variant, one on a cell the variant that lies nearest.
function open({ customdata, x, y }) {
  const { at, home } = figure().dataset;
  location.assign(customdata ? home.slice(0, -1) + customdata : `${at}&at=${x}:${y}`);
}

function select(event) {
  if (!event?.range) return;
  for (const side of ["x", "y"]) document.querySelector(`[data-side=${side}]`).value = event.range[side].map((end) => Math.max(0, Math.round(end))).join(":");
  document.querySelector("[data-side=x]").dispatchEvent(new Event("change", { bubbles: true }));
}

// Arrow keys walk along the front, which is the trace of lines that has addresses.
let at = -1;
document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  const canvas = target.id === "cloud" && target.firstElementChild;
  if (!canvas?.data) return;
  const curve = canvas.data.findIndex(({ mode, customdata }) => mode === "lines" && customdata);
  const { x, y, text, customdata } = canvas.data[curve];
  const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10, Home: -x.length, End: x.length }[key];
  if (key === "Enter") return open(at < 0 ? { customdata: target.dataset.chosen } : { customdata: customdata[at] });
  if (!step) return;
  event.preventDefault();
  at = Math.min(x.length - 1, Math.max(0, (at < 0 ? nearest(canvas, customdata) : at) + step));
  window.Plotly.Fx.hover(canvas, [{ curveNumber: curve, pointNumber: at }]);
  document.getElementById("spoken").textContent = text[at].replaceAll(/<br>/g, ", ").replaceAll(/<[^>]*>/g, "");
});
const nearest = (canvas, front) => Math.max(0, front.indexOf(figure().dataset.chosen));
document.addEventListener("focusout", ({ target }) => { if (target.id === "cloud") at = -1; });

// A long count tells how far it is; to leave it, or to cancel it, ends it.
let source;
function count() {
  const part = document.getElementById("counting");
  source?.close();
  source = undefined;
  if (!part) return;
  const running = (is) => {
    document.getElementById("stop").hidden = !is;
    document.getElementById("again").hidden = is;
  };
  running(true);
  source = new EventSource(part.dataset.events);
  source.onmessage = ({ data }) => {
    const { progress } = JSON.parse(data);
    part.querySelector("progress").value = progress;
    if (progress < 1) return;
    source.close();
    window.htmx.ajax("GET", location.pathname + location.search, WHOLE);
  };
  source.onerror = () => {
    source.close();
    running(false);
    say(part.dataset.failed, true);
  };
  document.getElementById("stop").onclick = () => {
    source.close();
    running(false);
  };
  document.getElementById("again").onclick = count;
}
document.addEventListener("htmx:after:swap", count);
count();

// A request that is slow or fails is said; what stands stays.
let slow;
document.addEventListener("htmx:before:request", () => { slow = setTimeout(() => document.body.classList.add("waiting"), 150); });
document.addEventListener("htmx:finally:request", () => { clearTimeout(slow); document.body.classList.remove("waiting"); });
