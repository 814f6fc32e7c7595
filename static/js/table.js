// The table of layers: folds by module, sorts, is searched, and opens the reason of a row.
const table = () => document.getElementById("table");
const rowOf = (path) => document.getElementById(path);
const open = new Map();
let order = null;

function fold(body, unfolded) {
  open.set(body.dataset.module, unfolded);
  body.toggleAttribute("data-open", unfolded);
  body.querySelector(".fold").setAttribute("aria-expanded", unfolded);
}

const bodies = () => [...table().querySelectorAll("tbody.module")];

function label() {
  const button = document.getElementById("fold");
  button.textContent = bodies().some((body) => body.hasAttribute("data-open")) ? button.dataset.fold : button.dataset.unfold;
}

// Heads that sort are buttons only where a script runs.
function heads() {
  for (const head of table().querySelectorAll("[data-sort]")) {
    if (!head.querySelector("button")) {
      const button = Object.assign(document.createElement("button"), { type: "button" });
      button.append(...head.childNodes);
      head.append(button);
    }
  }
}

function sort() {
  for (const head of table().querySelectorAll("[data-sort]")) head.removeAttribute("aria-sort");
  const flat = table().querySelector("tbody.sorted");
  if (!order) return flat?.remove();
  const body = flat ?? table().appendChild(Object.assign(document.createElement("tbody"), { className: "sorted" }));
  order.head().setAttribute("aria-sort", order.up ? "ascending" : "descending");
  const value = (row) => (order.key === "path" ? row.dataset.path : Number(row.dataset.numbers.split(" ")[order.key]));
  const rows = [...table().querySelectorAll("tr.layer")].sort((one, other) => (value(one) < value(other) ? -1 : value(one) > value(other) ? 1 : 0) * (order.up ? 1 : -1));
  body.append(...rows);
  table().classList.add("flat");
}

// Before the page changes under it, the table is put back as the server wrote it.
function unsort() {
  const flat = table()?.querySelector("tbody.sorted");
  if (!flat) return;
  const places = [...table().querySelectorAll("tbody:not(.sorted)")];
  for (const row of [...flat.rows].sort((one, other) => one.dataset.at - other.dataset.at)) places[row.dataset.body].append(row);
  flat.remove();
}

function number() {
  [...table().querySelectorAll("tbody:not(.sorted)")].forEach((body, at) => {
    for (const row of body.querySelectorAll("tr.layer")) row.dataset.body = at;
  });
  [...table().querySelectorAll("tr.layer")].forEach((row, at) => { row.dataset.at = at; });
}

function find() {
  const wanted = document.getElementById("find")?.value.trim().toLowerCase() ?? "";
  let found = 0;
  for (const row of table().querySelectorAll("tr.layer")) {
    const out = wanted !== "" && !row.dataset.path.toLowerCase().includes(wanted);
    row.classList.toggle("out", out);
    found += !out;
  }
  for (const body of bodies()) {
    const hit = wanted !== "" && body.querySelector("tr.layer:not(.out, .relu)");
    body.querySelector(".folder").classList.toggle("out", wanted !== "" && !hit);
    body.toggleAttribute("data-open", Boolean(hit) || (open.get(body.dataset.module) ?? body.hasAttribute("data-open")));
  }
  document.getElementById("none-found").hidden = found > 0;
}

// The reason of a row stands under it, or in a column of its own where the page is wide: fetched from the layer's own
// page, and again when the network changes.
const wide = matchMedia("(min-width: 1680px)");
const dock = document.getElementById("dock");
const empty = dock?.lastElementChild.innerHTML;
let docked = ""; // path of the row whose reason is in that column
const reasonId = (path) => `reason-${path}`;
const rows = () => [...table().querySelectorAll(".reasons")].map((row) => row.id.slice("reason-".length));
const opened = () => [...rows(), ...(docked ? [docked] : [])];

function blank(path, columns) {
  const row = document.createElement("tr");
  row.className = "reasons";
  row.id = reasonId(path);
  row.append(Object.assign(document.createElement("td"), { colSpan: columns }));
  return row;
}

const placeOf = (path) => (docked === path ? dock.lastElementChild : document.getElementById(reasonId(path))?.cells[0]);

async function fill(path) {
  const link = rowOf(path)?.querySelector(".why");
  if (!link) return close(path);
  link.setAttribute("aria-expanded", true);
  const answer = await fetch(link.href);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  placeOf(path)?.replaceChildren(...page.getElementById("reason").childNodes);
}

function close(path) {
  rowOf(path)?.querySelector(".why").setAttribute("aria-expanded", false);
  document.getElementById(reasonId(path))?.remove();
  if (docked !== path) return;
  docked = "";
  dock.firstElementChild.hidden = true;
  dock.lastElementChild.innerHTML = empty;
}

export async function toggleReason(path) {
  if (opened().includes(path)) return close(path);
  const row = rowOf(path);
  const body = row.closest("tbody.module");
  if (body) fold(body, true);
  if (wide.matches) {
    opened().forEach(close);
    docked = path;
    dock.firstElementChild.hidden = false;
    dock.querySelector("strong").textContent = path;
  } else row.after(blank(path, row.cells.length));
  await fill(path);
}

wide.addEventListener("change", () => {
  const last = opened().at(-1);
  opened().forEach(close);
  if (last) toggleReason(last);
});

document.addEventListener("htmx:before:swap", ({ detail }) => {
  if (!table()) return;
  const incoming = detail.tasks.map(({ fragment }) => fragment.querySelector?.("#table")).find(Boolean);
  if (!incoming) return;
  unsort();
  for (const path of rows()) incoming.querySelector(`[id="${CSS.escape(path)}"]`)?.after(document.getElementById(reasonId(path)).cloneNode(true));
  for (const [module, unfolded] of open) {
    const body = incoming.querySelector(`tbody[data-module="${module}"]`);
    body?.toggleAttribute("data-open", unfolded);
    body?.querySelector(".fold").setAttribute("aria-expanded", unfolded);
  }
});
document.addEventListener("htmx:after:swap", () => {
  if (!table()) return;
  set();
  if (order) sort();
  opened().forEach(fill);
});

document.addEventListener("click", (event) => {
  const { target } = event;
  const button = target.closest?.("#table .fold, #fold, #table [data-sort] button");
  const why = target.closest?.("#table a.why");
  if (target.closest?.("#undock")) {
    const path = docked;
    close(path);
    rowOf(path)?.querySelector(".why").focus({ preventScroll: true });
  }
  if (why && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    toggleReason(why.closest("tr").dataset.path);
  } else if (button?.id === "fold") {
    const unfold = !bodies().some((body) => body.hasAttribute("data-open"));
    bodies().forEach((body) => fold(body, unfold));
    label();
  } else if (button?.matches(".fold")) {
    const body = button.closest("tbody");
    fold(body, !body.hasAttribute("data-open"));
    label();
  } else if (button) {
    const head = button.closest("th");
    const key = head.dataset.sort;
    const at = [...head.parentElement.children].indexOf(head);
    const again = order?.at === at;
    if (again && order.up !== (key === "path")) order = null;
    else order = { key, at, up: again ? !order.up : key === "path", head: () => table().tHead.rows[0].cells[at] };
    unsort();
    sort();
  }
});

document.addEventListener("input", ({ target }) => {
  if (target.id !== "find") return;
  find();
  const part = document.getElementById("layers-part");
  if (target.value.trim() && part.getBoundingClientRect().top > innerHeight - 200) part.scrollIntoView(); // what is found is seen
});
document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (target.id === "find" && key === "Enter") table().querySelector("tr.layer:not(.out, .relu) .why")?.focus();
  if (target.id === "find" && key === "Escape") {
    target.value = "";
    find();
    target.blur();
  }
  if (event.ctrlKey || event.metaKey || event.altKey || target.matches("input, select, textarea") || document.getElementById("keys-off").checked) return;
  const links = [...table().querySelectorAll("tr.layer .why, tr.folder th a")].filter((link) => link.checkVisibility());
  const now = links.indexOf(target.closest?.("tr")?.querySelector(".why, th a"));
  if (key === "j") (links[now + 1] ?? links.at(-1)).focus();
  if (key === "k") (links[now - 1] ?? links[0]).focus();
  if (key === "w") {
    const path = target.closest?.("[data-path]")?.dataset.path;
    if (path && rowOf(path)?.matches(".layer")) toggleReason(path);
  }
});

// An address that ends with a layer's path opens its reason.
function arrive() {
  const row = rowOf(decodeURIComponent(location.hash.slice(1)));
  if (!row?.matches("#table tr.layer")) return;
  const body = row.closest("tbody.module");
  if (body) fold(body, true);
  if (!opened().includes(row.id)) toggleReason(row.id);
  row.scrollIntoView({ block: "center" });
}
addEventListener("hashchange", arrive);

function set() {
  heads();
  number();
  find();
  label();
}
if (table()) {
  set();
  arrive();
}
