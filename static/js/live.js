// While an edit goes on, the explorer follows part by part: one request at a time, then the newest. Only parts whose
// text differs from the last one are drawn again. What is committed, and stands, brings the whole page.
import { edits, remember, restores } from "./history.js";
import { failed } from "./keys.js";
import { patch } from "./patch.js";
import { follow, form, joined, pruned } from "./sliders.js";

let flying = false;
let again = false;
let committed; // `restores` at the change that is still to bring its page
let refused = false;
let last = new Map();
const narrow = matchMedia("(max-width: 759px)");

const inView = () => [...document.querySelectorAll("#figures-part plot-figure")].filter((figure) => figure.inView);

async function parts() {
  const query = new URLSearchParams(pruned(new FormData(form())));
  const charts = inView().map(({ id }) => id.replace("figure-", ""));
  if (charts.length) query.set("charts", charts.join(","));
  const open = document.querySelector(".strip input:checked").value;
  const answer = await fetch(`${form().dataset.live}${narrow.matches ? "narrow" : "wide"}/${open}?${query}`);
  if (!answer.ok) throw new Error(answer.statusText);
  const pieces = (await answer.text()).split(/<!--# (\S+) -->/);
  return new Map(pieces.slice(1).flatMap((id, at) => (at % 2 ? [] : [[id, (TEXTS.has(id) ? plain : String)(pieces[at + 2].trim())]])));
}

// Parts that are no markup of the page, but texts for the browser.
const TEXTS = new Set(["title", "address", "links"]);
const plain = (markup) => new DOMParser().parseFromString(markup, "text/html").body.textContent;

function ask() {
  again = false;
  const coming = parts();
  coming.catch(() => {}); // whoever awaits it is told
  return coming;
}

export async function follows() {
  again = true;
  if (flying) return;
  flying = true;
  slowly(true);
  while (again) {
    try {
      let coming = ask();
      while (coming) {
        const then = restores;
        const came = await coming;
        if (then !== restores) break; // the visitor has walked back meanwhile
        const charts = inView();
        coming = again && !charts.length ? ask() : undefined; // the server works on the newest while the one before is drawn
        await put(came);
        await Promise.all(charts.map(({ drawing }) => drawing)); // they take longer: what is asked for after them is newer
      }
    } catch {
      failed();
    }
  }
  slowly(false);
  flying = false;
  if (committed !== undefined) bring();
}

// The other pages take along what this one shows, also while it is being changed.
const links = () => document.querySelectorAll("#pages a");

async function put(incoming) {
  const fresh = [];
  refused = !incoming.has("address");
  for (const reason of form().querySelectorAll(".whole .error")) complain(reason, incoming.get(reason.id) ?? "");
  for (const [id, text] of incoming) {
    if (id.startsWith("figure-")) {
      const figure = document.getElementById(id);
      figure.came = { src: following(figure), text };
      continue;
    }
    if (last.get(id) === text || id.startsWith("e-")) continue;
    last.set(id, text);
    if (id === "title") document.title = text;
    else if (id === "address") remember(text);
    else if (id === "links") text.split("\n").forEach((href, at) => links()[at].setAttribute("href", href));
    else if (id.startsWith("card-")) await redraw(document.getElementById(id), text);
    else {
      const part = document.getElementById(id);
      part.innerHTML = text;
      fresh.push(part);
    }
  }
  document.dispatchEvent(new CustomEvent("live", { detail: fresh }));
}

// What is refused of the whole network is said beside its field, whose text stays with whoever types it.
function complain(reason, text) {
  if (reason.innerHTML === text) return;
  reason.innerHTML = text;
  const key = reason.id.replace("e-", "");
  for (const field of [document.getElementById(`f-${key}`), ...joined(key)]) {
    if (text) field?.setAttribute("aria-invalid", true);
    else field?.removeAttribute("aria-invalid");
  }
}

// The card holds the slider that is being dragged: its elements stay, and only what they say changes.
async function redraw(card, text) {
  const template = Object.assign(document.createElement("template"), { innerHTML: text });
  let others = false;
  patch(card, template.content.firstElementChild, () => { others = true; });
  if (others) {
    await window.htmx.swap({ text, target: card, swap: "outerMorph", sourceElement: form() });
  }
  for (const slider of card.querySelectorAll("input[type=range]")) follow(slider);
}

// The parts that stand are learnt, so that the first step of a drag is as quick as the others; on a new page as soon as
// somebody reaches for the form.
function learn() {
  last = new Map();
  requestIdleCallback(async () => {
    if (flying || !form()) return;
    const learnt = await parts().catch(() => new Map());
    if (!flying && learnt.get("address") === location.pathname + location.search) last = learnt;
  });
}
document.addEventListener("htmx:after:swap", ({ detail }) => {
  if (detail.ctx.swap !== "outerMorph" || detail.ctx.select) learn();
});

function commit() {
  committed = restores;
  if (!flying) bring();
}
function bring() {
  const stands = committed === restores && !refused; // and no visitor has walked back meanwhile
  committed = undefined;
  if (stands && !form().querySelector("[aria-invalid]")) window.htmx.trigger(form(), "commit");
}
const ours = (target) => form()?.contains(target) || (target.form && target.form === form()); // shades stand by the map
document.addEventListener("input", ({ target }) => { if (ours(target)) follows(); }, true);
document.addEventListener("change", ({ target }) => { if (ours(target)) commit(); });
document.addEventListener("submit", (event) => {
  if (event.target !== form()) return;
  event.preventDefault();
  commit();
});

// A page that was asked for before the latest edit comes too late; the edit asks for its own.
document.addEventListener("htmx:config:request", ({ target, detail }) => { if (target === form()) detail.ctx.edits = edits; });
document.addEventListener("htmx:before:swap", (event) => {
  const { sourceElement, edits: then } = event.detail.ctx;
  if (sourceElement === form() && then !== undefined && then !== edits) event.preventDefault();
});

// Charts follow the address; what has come with the parts is not asked for again.
function following(figure) {
  const [, query] = (last.get("address") ?? location.pathname + location.search).replace(/[?&](shade|count)=.*$/, "").split("?");
  return figure.getAttribute("src").split("?")[0] + (query ? `?${query}` : "");
}
for (const event of ["live", "htmx:after:swap"]) document.addEventListener(event, () => {
  for (const figure of document.querySelectorAll("#figures-part plot-figure")) {
    const src = following(figure);
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

// Totals, or what is refused, are spoken half a second after the last change.
let speaking;
for (const event of ["live", "htmx:after:swap"]) document.addEventListener(event, () => {
  clearTimeout(speaking);
  speaking = setTimeout(() => {
    const news = refused ? form().querySelectorAll(".error:not(:empty)") : document.querySelectorAll("#total-params, #total-macs");
    document.getElementById("spoken").textContent = [...news].map((each) => each.innerText).join(". ");
  }, 500);
});

const REACHES = ["pointerover", "focusin"];
function reached() {
  for (const event of REACHES) form().removeEventListener(event, reached);
  learn();
}
for (const event of REACHES) form().addEventListener(event, reached);
