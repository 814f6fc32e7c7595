// The form of the explorer: sliders move numbers, numbers move the page; the address follows, and undo walks back.
import { say } from "/static/js/keys.js";

const $ = (selector) => document.querySelector(selector);
const form = () => $("#form");
let chosen = $(".strip input:checked")?.value;

// Only what was set is sent: no empty field, no word that the network has anyway.
function pruned(data) {
  for (const [key, value] of [...data]) if (value === "") data.delete(key);
  for (const input of form().querySelectorAll("[data-own]:checked")) data.delete(input.name);
  return data;
}
document.addEventListener("htmx:config:request", ({ target, detail }) => {
  if (target.id !== "form") return;
  pruned(detail.ctx.request.body);
  detail.ctx.edits = edits;
});
// A page that was asked for before the latest edit comes too late; the edit asks for its own.
document.addEventListener("htmx:before:swap", (event) => {
  const { sourceElement, edits: then } = event.detail.ctx;
  if (sourceElement.id === "form" && then !== undefined && then !== edits) event.preventDefault();
});

// A slider and the field that it moves; fields of an added module are joined into its one value.
const fieldOf = (slider) => document.getElementById(slider.dataset.field);
const sliderOf = (field) => document.getElementById(field.id.replace("f-", "s-"));

function follow(slider) {
  slider.parentElement.querySelector(".run").setAttribute("width", slider.value - slider.min);
}

function join(field) {
  const { joined } = field.dataset;
  if (!joined) return;
  const fields = [...form().querySelectorAll(`[data-joined="${joined}"]`)];
  document.getElementById(`f-${joined}`).value = fields.map((each) => each.value || each.placeholder).join(",");
}

document.addEventListener("input", ({ target }) => {
  if (!form()?.contains(target)) return;
  edited(target);
  if (target.type === "range") {
    follow(target);
    fieldOf(target).value = target.value;
    join(fieldOf(target));
  } else if (sliderOf(target)) {
    sliderOf(target).value = target.value || target.placeholder;
    follow(sliderOf(target));
    join(target);
  }
  follows();
}, true);

// Back to the network's own value: an empty field.
function release(slider) {
  const field = fieldOf(slider);
  slider.value = field.value = slider.dataset.own ?? field.placeholder;
  follow(slider);
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  slider.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("dblclick", ({ target }) => {
  const slider = target.closest?.(".width")?.querySelector("input[type=range]");
  if (slider && target.closest("label")) release(slider);
});

document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  const number = target.closest?.(".width, .field")?.querySelector("input[type=range]") && target.matches("input");
  if (!number) return;
  const slider = target.type === "range" ? target : sliderOf(target);
  if (key === "Backspace" && target === slider) return release(slider);
  const unit = Number(slider.step);
  const step = { PageUp: 32, PageDown: -32, ArrowUp: 1, ArrowDown: -1, ArrowRight: 1, ArrowLeft: -1 }[key];
  const plain = target === slider && !event.shiftKey && key.startsWith("Arrow");
  if (!step || plain || (target !== slider && /Left|Right/.test(key))) return;
  event.preventDefault();
  const by = step * unit * (event.shiftKey && key.startsWith("Arrow") ? 8 : 1);
  if (target === slider) slider.value = slider.valueAsNumber + by;
  else target.value = Math.max(0, Number(target.value || target.placeholder) + by);
  target.dispatchEvent(new Event("input", { bubbles: true }));
  target.dispatchEvent(new Event("change", { bubbles: true }));
});

// While an edit goes on, the page follows part by part: one request at a time, then the newest. Only parts whose text
// differs from the last one are drawn again. What is committed, and stands, brings the whole page.
let flying = false;
let again = false;
let committed = false;
let last = new Map();
const narrow = matchMedia("(max-width: 759px)");

async function parts() {
  const query = new URLSearchParams(pruned(new FormData(form())));
  const answer = await fetch(`${form().dataset.live}${narrow.matches ? "narrow" : "wide"}/${chosen}?${query}`);
  if (!answer.ok) throw new Error(answer.statusText);
  const pieces = (await answer.text()).split(/<!--# (\S+) -->/);
  return new Map(pieces.slice(1).flatMap((id, at) => (at % 2 ? [] : [[id, pieces[at + 2].trim()]])));
}

async function follows() {
  again = true;
  if (flying) return;
  flying = true;
  slowly(true);
  while (again) {
    again = false;
    try {
      await put(await parts());
    } catch {
      say(form().dataset.failed, true);
    }
  }
  slowly(false);
  flying = false;
  if (committed) commit();
}

async function put(incoming) {
  const fresh = [];
  for (const [id, text] of incoming) {
    if (last.get(id) === text) continue;
    last.set(id, text);
    if (id === "title") document.title = text;
    else if (id === "address") remember(text);
    else if (id.startsWith("card-")) await window.htmx.swap({ text, target: document.getElementById(id), swap: "outerMorph", sourceElement: form() });
    else {
      const part = document.getElementById(id);
      part.innerHTML = text;
      fresh.push(part);
    }
  }
  show();
  document.dispatchEvent(new CustomEvent("live", { detail: fresh }));
}

// Once the page stands, its parts are learnt, so that the first step of a drag is as quick as the others.
function learn() {
  last = new Map();
  requestIdleCallback(async () => {
    if (flying || !form()) return;
    const learnt = await parts().catch(() => new Map());
    if (!flying && learnt.get("address") === location.pathname + location.search) last = learnt;
  });
}

function commit() {
  committed = true;
  if (flying) return;
  committed = false;
  if (!form().querySelector("[aria-invalid]")) window.htmx.trigger(form(), "commit");
}
document.addEventListener("change", ({ target }) => { if (form()?.contains(target)) commit(); });
document.addEventListener("submit", (event) => {
  if (event.target !== form()) return;
  event.preventDefault();
  commit();
});

// History: a drag, or keys within 800 ms of each other, are one entry; an entry is the address that the server gives.
let fresh = true;
let touched = 0;
let edits = 0;
let restoring = false;

function edited(target) {
  const now = performance.now();
  if (now - touched > 800 && !(target.type === "range" && target.matches(":active"))) fresh = true;
  touched = now;
  edits += 1;
}
document.addEventListener("pointerdown", ({ target }) => { if (form()?.contains(target)) fresh = true; });

// A new entry is made at once; within an edit the address keeps up five times a second, since browsers make it dear.
let behind;
function remember(address) {
  clearTimeout(behind);
  if (fresh && address !== location.pathname + location.search) history.pushState({ htmx: true }, "", address);
  else behind = setTimeout(() => history.replaceState({ htmx: true }, "", address), 200);
  fresh = false;
}

document.addEventListener("htmx:before:history:update", (event) => {
  const { history: update, sourceElement } = event.detail;
  clearTimeout(behind);
  if (restoring || update.path === location.pathname + location.search) return event.preventDefault();
  if (sourceElement.id !== "form") return;
  if (!fresh) update.type = "replace";
  fresh = false;
});

const swap = { target: "#explorer", select: "#explorer", swap: "outerMorph" };
document.addEventListener("htmx:before:history:restore", (event) => {
  if (!$("#explorer")) return;
  event.preventDefault();
  restoring = true;
  window.htmx.ajax("GET", event.detail.path, swap).finally(() => {
    restoring = false;
    for (const field of form().querySelectorAll("input")) {
      if (field.type === "radio") field.checked = field.defaultChecked;
      else field.value = field.defaultValue;
    }
  });
});

document.addEventListener("click", (event) => {
  const { target } = event;
  const step = target.closest?.("a[data-step]");
  if (step && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    if (step.dataset.chosen) chosen = step.dataset.chosen;
    window.htmx.ajax("GET", step.getAttribute("href"), { ...swap, source: step });
  } else if (target.closest?.("#undo")) history.back();
  else if (target.closest?.("#redo")) history.forward();
  else if (target.closest?.("#edit, #done")) edit(!document.body.classList.contains("editing"));
  const link = target.closest?.("[data-module-link]");
  if (link) {
    event.preventDefault();
    choose(link.dataset.moduleLink);
  }
});

function edit(open) {
  document.body.classList.toggle("editing", open);
  $("#edit").setAttribute("aria-expanded", open);
  (open ? $("#panel .strip input:checked") : $("#edit"))?.focus();
}

// The chosen module: its card, its charts, its place on the map.
export function choose(module) {
  if (!document.getElementById(`m-${module}`)) return;
  chosen = module;
  show();
}

function show() {
  const radio = document.getElementById(`m-${chosen}`) ?? $(".strip input");
  if (!radio) return;
  chosen = radio.value;
  radio.checked = true;
  for (const part of document.querySelectorAll(".card, .twin")) part.classList.toggle("closed", part.dataset.module !== chosen);
  for (const link of document.querySelectorAll("[data-module-link]")) link.classList.toggle("shown", link.dataset.moduleLink === chosen);
  for (const name of document.querySelectorAll(".named")) name.classList.toggle("shown", name.dataset.name === chosen);
  for (const name of document.querySelectorAll("#chosen-name")) name.textContent = chosen;
}
document.addEventListener("change", ({ target }) => { if (target.name === "shown") choose(target.value); });
document.addEventListener("htmx:after:swap", ({ detail }) => {
  show();
  if (detail.ctx.swap !== "outerMorph" || detail.ctx.select) learn();
});

// Keys of the open module: [ ] walk, N turns, R resets. Z undoes; Escape closes the drawer.
document.addEventListener("keydown", ({ key, target, ctrlKey, metaKey, altKey }) => {
  if (key === "Escape" && document.body.classList.contains("editing")) edit(false);
  if (ctrlKey || metaKey || altKey || $("#keys-off").checked || target.matches("input:not([type=range], [type=radio], [type=checkbox])")) return;
  const names = [...document.querySelectorAll(".strip input")].map((input) => input.value);
  const to = { "[": -1, "]": 1 }[key];
  if (to) choose(names[names.indexOf(chosen) + to] ?? chosen);
  const card = document.getElementById(`card-${chosen}`);
  if (key === "n") [...card.querySelectorAll(".kinds a")].slice(0, 2).find((link) => !link.hasAttribute("aria-current"))?.click();
  if (key === "r") card.querySelector("[data-reset]")?.click();
});

// Charts follow the address.
for (const event of ["live", "htmx:after:swap"]) document.addEventListener(event, () => {
  const [, query] = (last.get("address") ?? location.pathname + location.search).split("?");
  for (const figure of document.querySelectorAll("#figures-part plot-figure")) {
    const src = figure.getAttribute("src").split("?")[0] + (query ? `?${query}` : "");
    if (figure.getAttribute("src") !== src) figure.setAttribute("src", src);
  }
});

// A request that is slow or fails is said; what stands stays.
let slow;
function slowly(starts) {
  clearTimeout(slow);
  if (starts) slow = setTimeout(() => document.body.classList.add("waiting"), 150);
  else document.body.classList.remove("waiting");
}
document.addEventListener("htmx:before:request", () => slowly(true));
document.addEventListener("htmx:finally:request", () => slowly(false));
document.addEventListener("htmx:error", () => say(form().dataset.failed, true));
document.addEventListener("htmx:response:error", ({ detail }) => {
  if (detail.ctx.response.status !== 422) say(form().dataset.failed, true);
});

// Totals are spoken half a second after the last change.
let speaking;
for (const event of ["live", "htmx:after:swap"]) document.addEventListener(event, () => {
  clearTimeout(speaking);
  speaking = setTimeout(() => {
    $("#spoken").textContent = [...document.querySelectorAll("#total-params, #total-macs")].map((cell) => cell.innerText).join(". ");
  }, 500);
});

show();
learn();
