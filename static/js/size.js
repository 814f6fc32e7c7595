// The page of sizes: a slider writes into its field, and an edit is one step of the history.
const PAUSE = 800;
let last = { control: null, time: 0 };
let fresh = true;

// Before htmx sees the event, which then sends the field.
document.addEventListener("input", ({ target }) => {
  if (!target.closest?.("#form")) return;
  const field = target.dataset.field && document.getElementById(target.dataset.field);
  if (field) field.value = target.value;
  else for (const slider of document.querySelectorAll(`[data-field="${CSS.escape(target.id)}"]`)) slider.value = target.value;
  const now = performance.now();
  fresh ||= target !== last.control || now - last.time > PAUSE;
  last = { control: target, time: now };
}, true);

// A new edit is pushed, what follows of it replaces: so a drag or a word typed is one step back.
document.addEventListener("htmx:before:history:update", (event) => {
  const { history, sourceElement } = event.detail;
  if (!sourceElement?.closest?.("#size")) return;
  if (history.path === location.pathname + location.search) event.preventDefault();
  else if (fresh || !sourceElement.matches("form")) {
    history.type = "push";
    fresh = false;
  }
});

// Below 1280 px the panel is a drawer, or a sheet.
const open = (wanted) => document.body.classList.toggle("editing", wanted);
document.addEventListener("click", ({ target }) => {
  if (target.closest?.("#size-edit")) {
    if (open()) document.querySelector("#panel input:not([type=hidden], [type=range])")?.focus();
  } else if (!target.closest?.("#panel")) open(false);
});
document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape" || !document.body.classList.contains("editing")) return;
  open(false);
  document.getElementById("size-edit").focus();
});
