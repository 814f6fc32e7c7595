// Linked marks: pointing at a layer, or focusing it, anywhere marks it everywhere.
export const branch = (path) => path.match(/^inception(_\w+)?\.(one|three|five|pool)(?=\.|$)/)?.[0] ?? path;
const marked = (element) => element?.closest?.("main [data-path], #panel [data-path]");
let pointed = "";

function mark(path, fade) {
  const main = document.getElementById("main");
  if (!main) return;
  for (const element of main.querySelectorAll(".linked, .pointed")) element.classList.remove("linked", "pointed");
  main.classList.toggle("linking", Boolean(path) && fade);
  if (path) link(main, path);
}

function link(part, path) {
  const group = branch(path);
  for (const element of part.querySelectorAll(group === path ? "[data-path]" : `[data-path^="${group}"], [data-group="${group}"]`)) {
    const own = element.dataset.path;
    element.classList.toggle("linked", (element.dataset.group ?? branch(own)) === group || own === group);
    element.classList.toggle("pointed", own === path);
  }
}

export function point(element) {
  const found = marked(element);
  const path = found?.dataset.path ?? "";
  if (path === pointed) return;
  pointed = path;
  mark(path, Boolean(found) && !found.closest("#panel") && !found.matches(".folder"));
  document.dispatchEvent(new CustomEvent("pointed", { detail: { path, element: found?.closest("svg") ? found : undefined } }));
}

document.addEventListener("pointerover", ({ target, pointerType }) => { if (pointerType !== "touch") point(target); });
document.addEventListener("focusin", ({ target }) => { if (target.matches(":focus-visible")) point(target); });
document.addEventListener("htmx:after:swap", () => {
  if (pointed) mark(pointed, document.getElementById("main")?.classList.contains("linking"));
});
document.addEventListener("live", ({ detail: fresh }) => {
  if (pointed) for (const part of fresh) link(part, pointed);
});
