// The map: a tooltip for what is pointed at; one tab stop with arrow keys.
import { branch } from "./linked.js";

// The tooltip repeats rows of the table: the layers of the branch, their output and their multiply-adds.
const tip = Object.assign(document.createElement("div"), { className: "tip", hidden: true });
tip.setAttribute("aria-hidden", "true");
document.body.append(tip);

document.addEventListener("pointed", ({ detail: { element, path } }) => {
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
  const note = document.querySelector(`#hero [data-note][data-path="${group}"]`)?.dataset.note;
  const keys = document.getElementById("tip-keys").cloneNode(true);
  keys.removeAttribute("id");
  keys.hidden = element.tagName !== "a";
  tip.replaceChildren(title, list, ...(note ? [Object.assign(document.createElement("p"), { textContent: note })] : []), keys);
  const box = element.getBoundingClientRect();
  // Beside all bars of the branch, which would otherwise lie under it.
  const bars = [element, ...element.closest("svg").querySelectorAll(`a[data-group="${group}"]`)].map((bar) => bar.getBoundingClientRect());
  const [first, last] = [Math.min(...bars.map((bar) => bar.left)), Math.max(...bars.map((bar) => bar.right))];
  const left = last + 12 + tip.offsetWidth < innerWidth ? last + 12 : first - 12 - tip.offsetWidth;
  tip.style.left = `${Math.max(8, left) + scrollX}px`;
  tip.style.top = `${Math.max(8, box.top - 8) + scrollY}px`;
});

// A shade that is chosen is said beside the menu, which has done its work.
document.addEventListener("change", ({ target }) => { if (target.name === "shade") document.querySelector(".shading").open = false; });

// What stands under the map has the same x: they scroll together.
document.addEventListener("scroll", ({ target }) => {
  if (target.matches?.(".wide-map")) for (const other of document.querySelectorAll(".wide-map")) other.scrollLeft = target.scrollLeft;
}, true);

// Roving: left and right walk the modules and what stands between them, up and down the branches.
const narrow = matchMedia("(max-width: 759px)");
const stops = () => [...document.querySelectorAll(`${narrow.matches ? "#tall-svg" : "#map-svg"} a[href]`)];
let here = 0;

function rove(links = stops()) {
  const stop = stops()[here];
  for (const link of links) link.setAttribute("tabindex", link === stop ? 0 : -1);
}

function centre(element) {
  const box = element.getBoundingClientRect();
  return [box.left + box.width / 2, box.top + box.height / 2];
}

document.addEventListener("keydown", (event) => {
  const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  const link = event.target.closest?.(".map svg a[href]");
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
narrow.addEventListener("change", () => {
  here = 0;
  rove();
});
document.addEventListener("htmx:after:swap", () => rove());
document.addEventListener("live", ({ detail: fresh }) => {
  for (const part of fresh) if (part.closest(".map")) rove(part.querySelectorAll("a[href]"));
});
