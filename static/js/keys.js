// Every page: single-key shortcuts, their sheet, copying, the theme, the menu of a narrow page.
const byId = (id) => document.getElementById(id);
const toast = byId("toast");
let leaving;

// What was done has a tick, and its key where it has one; it leaves after four seconds, not while it is pointed at.
export function say(text, bad = false, done = undefined) {
  toast.textContent = text;
  toast.className = bad ? "toast bad" : done ? "toast confirmed" : "toast";
  toast.dataset.by = done?.dataset.key ?? "";
  toast.hidden = false;
  clearTimeout(leaving);
  leaving = setTimeout(leave, 4000);
}

// What stands on a page stays where the server does not answer, or not with a page; what it refuses stands beside a field.
export const failed = () => say(toast.dataset.failed, true);
document.addEventListener("htmx:error", failed);
document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  if (ctx.response.status !== 422 && !ctx.sourceElement?.closest?.(".run")) failed(); // a run says itself what became of it
});

function leave() {
  toast.hidden = !toast.matches(":hover");
}
toast.addEventListener("mouseleave", () => {
  clearTimeout(leaving);
  leaving = setTimeout(leave, 1000);
});

// A button with data-copy copies what that selector shows, or the address it holds; it says so with data-done.
async function copy(button) {
  const from = button.dataset.copy;
  const text = from.startsWith("#") ? document.querySelector(from).textContent : new URL(from, location.href).href;
  try {
    await navigator.clipboard.writeText(text);
    say(button.dataset.done, false, button);
  } catch {
    say(text);
  }
}

// A link with data-png saves the SVG that it leads to as a picture of points, twice as fine.
async function png(link) {
  const svg = await (await fetch(link.href)).blob();
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.width * 2, image.height * 2];
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  const saved = document.createElement("a");
  saved.download = link.dataset.png;
  saved.href = canvas.toDataURL("image/png");
  saved.click();
  URL.revokeObjectURL(image.src);
}

function openMenu(open) {
  document.querySelector(".top").classList.toggle("menu-open", open);
  byId("menu").setAttribute("aria-expanded", open);
}

document.addEventListener("click", (event) => {
  const target = event.target.closest?.("[data-copy], [data-png], #theme, #menu");
  for (const menu of document.querySelectorAll(".menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  if (target?.dataset.copy) copy(target);
  else if (target?.dataset.png) {
    event.preventDefault();
    png(target);
  } else if (target?.id === "theme") window.toggleTheme();
  else openMenu(target?.id === "menu" && byId("menu").getAttribute("aria-expanded") === "false");
});

const off = byId("keys-off");
const remembered = () => { try { return localStorage.getItem("keys") === "off"; } catch { return false; } };
off.checked = remembered();
off.addEventListener("change", () => { try { localStorage.setItem("keys", off.checked ? "off" : "on"); } catch { /* private mode */ } });

// An element with data-key is clicked, or focused where it is a field, when its key is pressed and nobody is typing.
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const menu of document.querySelectorAll(".menu[open]")) menu.open = false;
  if (event.ctrlKey || event.metaKey || event.altKey || off.checked) return;
  if (event.target.matches?.("input:not([type=range], [type=radio], [type=checkbox]), textarea, select") || byId("keys").open) return;
  if (event.key.startsWith("Arrow") && event.target.closest?.("input, summary, .scroll, svg a")) return; // its own keys
  if (event.key === "?") byId("keys").showModal();
  else if (event.key === "t") window.toggleTheme();
  else {
    const key = event.shiftKey && event.key.toLowerCase() === "z" ? "Z" : event.key;
    const found = document.querySelector(`[data-key="${CSS.escape(key)}"]:not([disabled])`);
    if (!found) return;
    if (found.matches("input")) found.focus();
    else found.click();
  }
  event.preventDefault();
});

// The other language shows what this page shows by now.
const elsewhere = byId("language");
for (const event of ["pointerdown", "focus", "click"]) elsewhere.addEventListener(event, () => {
  const chinese = location.pathname.startsWith("/zh/") || location.pathname === "/zh";
  elsewhere.href = (chinese ? location.pathname.slice(3) || "/" : `/zh${location.pathname}`) + location.search + location.hash;
});
