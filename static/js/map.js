// Linked marks: pointing at a layer, or focusing it, anywhere marks it everywhere. The map is one tab stop with arrow keys.
const branch = (path) => path.match(/^inception_\w+\.(one|three|five|pool)(?=\.|$)/)?.[0] ?? path;
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

function point(element) {
  const found = marked(element);
  const path = found?.dataset.path ?? "";
  if (path === pointed) return;
  pointed = path;
  mark(path, Boolean(found) && !found.closest("#panel") && !found.matches(".folder"));
  tell(found?.closest("svg") ? found : undefined, path);
}

document.addEventListener("pointerover", ({ target, pointerType }) => { if (pointerType !== "touch") point(target); });
document.addEventListener("focusin", ({ target }) => { if (target.matches(":focus-visible")) point(target); });
document.addEventListener("htmx:after:swap", () => {
  const fade = document.getElementById("main")?.classList.contains("linking");
  if (pointed) mark(pointed, fade);
  rove();
});
document.addEventListener("live", ({ detail: fresh }) => {
  for (const part of fresh) {
    if (pointed) link(part, pointed);
    for (const stop of part.closest("#map-svg") ? part.querySelectorAll("a") : []) stop.setAttribute("tabindex", -1);
  }
});

// The tooltip repeats rows of the table: the layers of the branch, their output and their multiply-adds.
const tip = Object.assign(document.createElement("div"), { className: "tip", hidden: true });
tip.setAttribute("aria-hidden", "true");
document.body.append(tip);

function tell(element, path) {
  const group = branch(path);
  const rows = element ? [...document.querySelectorAll("#table tr.layer:not(.relu)")].filter((row) => branch(row.dataset.path) === group) : [];
  tip.hidden = rows.length === 0;
  if (tip.hidden) return;
  const list = document.createElement("dl");
  for (const row of rows) {
    const [, , shape, , macs] = row.cells;
    for (const [name, text] of [["dt", row.querySelector(".why").textContent], ["dd", shape.lastChild.textContent], ["dd", macs.lastChild.textContent]]) {
      list.append(Object.assign(document.createElement(name), { textContent: text }));
    }
  }
  const title = Object.assign(document.createElement("strong"), { textContent: group, className: group.split(".")[1] ?? "other" });
  tip.replaceChildren(title, list);
  const box = element.getBoundingClientRect();
  const left = box.right + 12 + tip.offsetWidth < innerWidth ? box.right + 12 : box.left - 12 - tip.offsetWidth;
  tip.style.left = `${Math.max(8, left) + scrollX}px`;
  tip.style.top = `${Math.max(8, box.top - 8) + scrollY}px`;
}

// Roving: left and right walk the modules and what stands between them, up and down the branches.
const stops = () => [...document.querySelectorAll("#map-svg a")];
let here = 0;

function rove() {
  stops().forEach((link, at) => link.setAttribute("tabindex", at === here ? 0 : -1));
}

function centre(element) {
  const box = element.getBoundingClientRect();
  return [box.left + box.width / 2, box.top + box.height / 2];
}

document.addEventListener("keydown", (event) => {
  const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  const link = event.target.closest?.("#map-svg a");
  if (!link || !direction) return;
  event.preventDefault();
  const [x, y] = centre(link);
  const ahead = stops().map((stop) => {
    const [dx, dy] = centre(stop).map((value, at) => value - [x, y][at]);
    const forward = dx * direction[0] + dy * direction[1];
    const aside = Math.abs(dx * direction[1]) + Math.abs(dy * direction[0]);
    return { stop, forward, far: forward + 3 * aside };
  }).filter(({ forward, stop }) => forward > 1 && stop !== link);
  ahead.sort((one, other) => one.far - other.far);
  if (!ahead.length) return;
  here = stops().indexOf(ahead[0].stop);
  rove();
  ahead[0].stop.focus();
});
document.addEventListener("focusin", ({ target }) => {
  const at = stops().indexOf(target);
  if (at >= 0 && at !== here) {
    here = at;
    rove();
  }
});
rove();
