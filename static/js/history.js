// History: a drag, or keys within 800 ms of each other, are one edit, and one edit is one entry: undo is the browser's
// own way back. An entry is the address that the server gives.
const PAUSE = 800;
const inForm = (target) => (target?.form ?? target)?.closest?.("#panel form");
let fresh = true;
let restoring = false;
let touched = { control: null, time: 0 };
// The entry that the visitor came with is the last that undo goes back to.
const came = window.navigation?.currentEntry.index;
if (!history.state) history.replaceState({ htmx: true }, ""); // so that the way back to it is taken, too
export let edits = 0;
export let restores = 0;

document.addEventListener("input", ({ target }) => {
  if (!inForm(target)) return;
  const time = performance.now();
  if (target !== touched.control || (time - touched.time > PAUSE && !document.querySelector("[type=range]:active"))) fresh = true;
  touched = { control: target, time };
  edits += 1;
}, true);
document.addEventListener("pointerdown", ({ target }) => { if (inForm(target) || target.dataset?.slider) fresh = true; });

// A new entry is made at once; within an edit the address keeps up five times a second, since browsers make it dear.
let behind;
export function remember(address) {
  clearTimeout(behind);
  if (fresh && address !== location.pathname + location.search) history.pushState({ htmx: true }, "", address);
  else behind = setTimeout(() => history.replaceState({ htmx: true }, "", address), 200);
  fresh = false;
}

document.addEventListener("htmx:before:history:update", (event) => {
  const { history: update, sourceElement } = event.detail;
  clearTimeout(behind);
  if (restoring || update.path === location.pathname + location.search) return event.preventDefault();
  if (!sourceElement?.matches("#panel form")) return;
  update.type = fresh ? "push" : "replace";
  fresh = false;
});

// Back and forward bring the page of that address into this one; the fields then show what it says.
export const WHOLE = { target: ".whole-page", select: ".whole-page", swap: "outerMorph", selectOOB: "#pages:outerMorph" };
// After a step, and only then, what has a new place is seen to move there: a style sheet does it.
const moving = (how) => { document.documentElement.dataset.moving = how; };
const still = () => { delete document.documentElement.dataset.moving; };
document.addEventListener("htmx:after:swap", () => requestAnimationFrame(() => setTimeout(still, 400))); // from the frame that shows it

// Who walks keeps the focus: without this the browser takes it away, as from a page that is left.
window.navigation?.addEventListener("navigate", (event) => {
  if (event.navigationType === "traverse" && event.canIntercept && !event.hashChange) event.intercept({ focusReset: "manual" });
});
// What an edit has asked for comes too late once the visitor goes elsewhere.
function leave() {
  clearTimeout(behind);
  edits += 1;
  restores += 1;
}
document.addEventListener("htmx:before:history:restore", (event) => {
  if (!document.querySelector(WHOLE.target)) return;
  event.preventDefault();
  restoring = true;
  leave();
  moving("step");
  window.htmx.ajax("GET", event.detail.path, WHOLE).finally(() => {
    restoring = false;
    for (const field of document.querySelectorAll("#panel form input, input[form='form']")) {
      if (field.type === "radio") field.checked = field.defaultChecked;
      else field.value = field.defaultValue;
    }
  });
});

function walk(way, there) {
  if (!there) return;
  leave();
  history.go(way);
}

// A link that changes what the page shows brings the page into this one, too.
document.addEventListener("click", (event) => {
  const { target } = event;
  const step = target.closest?.("a[data-step]");
  if (step && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    leave();
    moving(step.dataset.step || "step");
    window.htmx.ajax("GET", step.getAttribute("href"), { ...WHOLE, source: step });
  } else if (target.closest?.("#undo")) walk(-1, !window.navigation || navigation.currentEntry.index > came);
  else if (target.closest?.("#redo")) walk(1, !window.navigation || navigation.canGoForward);
});

// Where there is no step to take, its button says so; it can be reached all the same, so that nobody loses the focus.
function steps() {
  const { currentEntry, canGoForward } = window.navigation ?? { canGoForward: true };
  document.getElementById("undo")?.setAttribute("aria-disabled", currentEntry?.index <= came);
  document.getElementById("redo")?.setAttribute("aria-disabled", !canGoForward);
}
window.navigation?.addEventListener("currententrychange", steps);
for (const event of ["live", "htmx:after:swap"]) document.addEventListener(event, steps);
steps();

// Who had the focus keeps it, though the page was swapped under it.
let focused = "";
document.addEventListener("htmx:before:swap", () => { focused = document.activeElement?.id || focused; });
document.addEventListener("htmx:after:swap", () => {
  if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus({ preventScroll: true });
  focused = "";
});
