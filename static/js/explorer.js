// The explorer: which module is open, in the form, on the map and among the charts; and the links that change the network.
import { follows } from "./live.js";
import "./drawer.js";

const $ = (selector) => document.querySelector(selector);
const FADE = 40; // pixels at the edges of what can be scrolled
let chosen = $(".strip input:checked")?.value;

function choose(module) {
  if (!document.getElementById(`m-${module}`)) return;
  chosen = module;
  show();
  reveal();
  if (document.body.classList.contains("editing")) follows(); // the close-up above the sheet is of the open module
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

// Where not all modules are in sight, in the strip or on the map, the open one is brought there, once.
let revealed;
function reveal() {
  if (revealed === chosen) return;
  revealed = chosen;
  for (const selector of [`#strip [for="m-${chosen}"]`, `#map-${chosen}`]) {
    const part = $(selector)?.getBoundingClientRect();
    const region = $(selector)?.closest(".scroll");
    const { left, right, width } = region?.getBoundingClientRect() ?? {};
    if (!part?.width || (part.left >= left + FADE && part.right <= right - FADE)) continue;
    region.scrollLeft += (part.left + part.right) / 2 - left - width / 2;
  }
}
document.addEventListener("change", ({ target }) => { if (target.name === "shown") choose(target.value); });
for (const event of ["live", "htmx:after:swap"]) document.addEventListener(event, show);
document.addEventListener("htmx:after:swap", reveal);

document.addEventListener("click", (event) => {
  const { target } = event;
  const step = target.closest?.("a[data-chosen]");
  if (step) chosen = step.dataset.chosen;
  const link = target.closest?.("[data-module-link]");
  const mark = event.detail && target.closest?.("#map-part [data-path], #hero [data-path]"); // Enter has no detail: it opens the reason
  const module = link?.dataset.moduleLink ?? (mark && mark.dataset.path.match(/^inception_(\w+)\./)?.[1]);
  if (module) {
    event.preventDefault();
    choose(module);
  }
});

// The seal: torch is asked about what the page shows; an edit takes the seal off again.
document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[data-seal]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const asked = link.dataset.seal;
  link.textContent = link.dataset.running;
  const answer = await fetch(asked).catch(() => undefined);
  const kind = answer?.headers.get("Content-Type") ?? "";
  const text = kind.startsWith(answer?.ok ? "text/html" : "text/plain") ? await answer.text() : link.dataset.failed;
  if (!link.isConnected || link.dataset.seal !== asked) return; // the page shows another network by now
  const { parentElement: place } = link;
  if (answer?.ok) {
    place.innerHTML = text;
    place.querySelector("a").focus();
  }
  else link.textContent = text;
});

// Keys of the open module: [ ] walk, N turns, R resets.
document.addEventListener("keydown", ({ key, target, ctrlKey, metaKey, altKey }) => {
  if (ctrlKey || metaKey || altKey || $("#keys-off").checked || target.matches("input:not([type=range], [type=radio], [type=checkbox])")) return;
  const names = [...document.querySelectorAll(".strip input")].map((input) => input.value);
  const to = { "[": -1, "]": 1 }[key];
  if (to) choose(names[names.indexOf(chosen) + to] ?? chosen);
  const card = document.getElementById(`card-${chosen}`);
  if (key === "n") [...card.querySelectorAll(".kinds a")].slice(0, 2).find((link) => !link.hasAttribute("aria-current"))?.click();
  if (key === "r") card.querySelector("[data-reset]")?.click();
});

show();
reveal();
