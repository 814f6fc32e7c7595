// <plot-figure src="…">: draws the Plotly figure at that address, in the page's own colours, once it comes into view.
const PLOTLY = { src: new URL("../vendor/plotly-cartesian.min.js", import.meta.url) };
const STYLES = { rel: "stylesheet", href: new URL("../css/plotly.css", import.meta.url), id: "plotly.js-style-global", className: "no-inline-styles" };
const CONFIG = { displayModeBar: false, responsive: true, doubleClick: "reset", displaylogo: false, showSendToCloud: false, showAxisDragHandles: false };
const NARROW = 560; // pixels, below which a figure shows its notes of the name `narrow`, not those of the name `wide`
let library;

const added = (tag, properties) => new Promise((resolve, reject) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.onload = resolve;
  element.onerror = () => reject(new Error("the chart library did not load"));
  document.head.append(element);
});

// Its styles by that name and class first: it would write others into the page, which forbids that.
async function plotly() {
  library ??= Promise.all([added("link", STYLES), added("script", PLOTLY)]);
  await library;
  return window.Plotly;
}

// A token as the page shows it now: the colour that an element has which wears it. Asked for once, until the theme turns.
const probe = document.body.appendChild(Object.assign(document.createElement("i"), { hidden: true }));
const tokens = new Map();
function token(name) {
  if (!tokens.has(name)) {
    probe.style.color = `var(--${name})`;
    tokens.set(name, getComputedStyle(probe).color);
  }
  return tokens.get(name);
}
const worn = (names) => (Array.isArray(names) ? names.map(token) : token(names));
const dark = matchMedia("(prefers-color-scheme: dark)");
dark.addEventListener("change", () => tokens.clear());
document.addEventListener("theme", () => tokens.clear());

// Ink on paper, so much of it.
function mixed(ink, share) {
  const [over, under] = [token(ink), token("paper")].map((colour) => colour.match(/[\d.]+/g).map(Number));
  return `rgb(${under.map((value, at) => Math.round(value + share * (over[at] - value))).join(", ")})`;
}

function inPageColours({ data, layout }) {
  for (const { meta, marker, line, error_y, textfont, colorscale } of data) {
    if (meta.ink) {
      line.color = marker.color = token(meta.ink);
      marker.line.color = token("paper");
    }
    if (meta.fill) marker.color = worn(meta.fill);
    if (meta.outline) marker.line.color = worn(meta.outline);
    if (meta.text) textfont.color = token(meta.text);
    if (meta.stroke) marker.color = marker.line.color = token(meta.stroke);
    if (meta.density) colorscale.forEach((stop, at) => { stop[1] = mixed(meta.density, meta.shares[at]); });
    if (meta.line) line.color = token(meta.line);
    if (meta.fills) [marker.color, marker.line.color] = [meta.fills.map(token), meta.edges.map(token)];
    if (error_y) error_y.color = token("ink-3");
  }
  layout.font.color = token("ink-2");
  Object.assign(layout.hoverlabel, { bgcolor: token("paper"), bordercolor: token("ink") });
  layout.hoverlabel.font.color = token("ink");
  for (const [key, part] of Object.entries(layout)) {
    if (key.includes("axis")) {
      part.gridcolor = token("line");
      if (part.title) part.title.font.color = token("ink");
    }
  }
  for (const note of layout.annotations ?? []) {
    note.font.color = token("ink");
    if (note.font.shadow) note.font.shadow = ["0 0 2px", "0 0 3px", "0 0 4px"].map((wide) => `${wide} ${token("paper")}`).join(", ");
    if (note.borderwidth) [note.bgcolor, note.bordercolor, note.arrowcolor] = [token("paper"), token("ink"), token("ink")];
  }
  for (const part of [layout.newselection, ...(layout.selections ?? [])]) if (part) part.line.color = token("ink");
  for (const shape of layout.shapes ?? []) shape.line.color = token("ink-3");
  return { data, layout };
}

let scrolled = false;
addEventListener("scroll", () => {
  scrolled = true;
  for (const figure of document.querySelectorAll("plot-figure")) figure.watch();
}, { once: true });

// What a slider's numbers are drawn into is painted first; then all charts in view, before the next frame.
let frame;
const painted = () => frame ??= new Promise((resolve) => {
  requestAnimationFrame(() => setTimeout(() => {
    frame = undefined;
    resolve();
  }));
});

class PlotFigure extends HTMLElement {
  static observedAttributes = ["src"];
  #inView = false;
  drawing; // a promise while it goes on
  #again = false;
  #canvas;
  #shown; // the text of the figure that stands in the canvas

  connectedCallback() {
    this.watch();
    this.redraw = () => {
      this.#shown = undefined;
      delete this.dataset.drawn;
      this.draw();
    };
    dark.addEventListener("change", this.redraw);
    document.addEventListener("theme", this.redraw);
  }

  // Who has not scrolled does not wait for a chart of which an edge shows; for who has, it is there before it is seen.
  watch() {
    this.observer?.disconnect();
    this.observer = new IntersectionObserver((entries) => {
      this.#inView = entries.at(-1).isIntersecting;
      if (this.#inView && this.dataset.drawn !== this.getAttribute("src")) this.draw();
    }, scrolled ? { rootMargin: "200px" } : { threshold: 0.25 });
    this.observer.observe(this);
  }

  disconnectedCallback() {
    this.observer.disconnect();
    dark.removeEventListener("change", this.redraw);
    document.removeEventListener("theme", this.redraw);
    queueMicrotask(() => { if (!this.isConnected && this.#canvas) window.Plotly.purge(this.#canvas); }); // else it was only moved
  }

  attributeChangedCallback() {
    this.draw();
  }

  // What came with the page's parts, as `{ src, text }`, while it is still what the page is about.
  get #fresh() {
    return this.came?.src === this.getAttribute("src") ? this.came : undefined;
  }

  async #fetched() {
    const src = this.getAttribute("src");
    const answer = await fetch(src);
    if (!answer.ok) throw new Error((await answer.json()).detail);
    return { src, text: await answer.text() };
  }

  get inView() {
    return this.#inView;
  }

  // One request at a time, and then the newest: a figure that is dragged moves on instead of starting over.
  draw() {
    if (!this.#inView) return; // drawn when it comes into view
    if (this.drawing) this.#again = true;
    else this.drawing = this.#draw();
  }

  async #draw() {
    const slow = setTimeout(() => this.classList.add("slow"), 150);
    try {
      const [older, { react }] = await Promise.all([this.#fresh ?? this.#fetched(), plotly()]);
      await painted();
      if (!this.isConnected) return;
      const { src, text } = this.#fresh ?? older;
      const first = !this.#canvas?.isConnected;
      if (first || text !== this.#shown) {
        const { data, layout } = inPageColours(JSON.parse(text));
        if (layout.annotations) { // asked for its width, the browser lays the page out
          const other = this.clientWidth < NARROW ? "wide" : "narrow";
          layout.annotations = layout.annotations.filter(({ name }) => name !== other);
        }
        // in an element of its own, which no morph of the page around it touches
        if (first) this.replaceChildren(this.#canvas = document.createElement("div"));
        await react(this.#canvas, data, layout, first ? CONFIG : undefined);
        this.#shown = text;
      }
      this.dataset.drawn = src;
      this.dispatchEvent(new CustomEvent("drawn", { bubbles: true, detail: this.#canvas }));
    } catch {
      this.textContent = this.dataset.failed;
    } finally {
      clearTimeout(slow);
      this.classList.remove("slow");
      this.drawing = undefined;
      if (this.#again && this.dataset.drawn !== this.getAttribute("src")) this.draw();
      this.#again = false;
    }
  }
}

customElements.define("plot-figure", PlotFigure);

// What it says of itself, and what a visitor has unfolded, stays when the page around it changes.
window.htmx.config.morphIgnore = [...window.htmx.config.morphIgnore, "data-drawn", "open"];
