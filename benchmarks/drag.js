// Times every input event of a slider until a frame is painted that shows it, in the page itself.
(() => {
  const seen = { input: [], live: [], release: [], chart: [], asked: [], answered: [], swapped: [] };
  let waiting = [], sent = 0, count = 0;
  const painted = (then) => requestAnimationFrame(() => { const { port1, port2 } = new MessageChannel(); port1.onmessage = then; port2.postMessage(0); });
  document.addEventListener("input", (event) => { if (event.target.type === "range") waiting.push([++count, event.timeStamp]); }, true);
  let started, answered;
  document.addEventListener("htmx:before:request", ({ target }) => { if (target.id === "live") { sent = count; started = performance.now(); } });
  document.addEventListener("htmx:after:request", ({ target }) => { if (target.id === "live") { answered = performance.now(); seen.asked.push(answered - started); } });
  document.addEventListener("htmx:after:swap", ({ target }) => {
    if (target.id !== "live") return;
    const upTo = sent, swapped = performance.now();
    seen.swapped.push(swapped - answered);
    painted(() => {
      const now = performance.now();
      seen.live.push(now - swapped);
      seen.input.push(...waiting.filter(([at]) => at <= upTo).map(([, since]) => now - since));
      waiting = waiting.filter(([at]) => at > upTo);
    });
  });
  let chart;
  document.addEventListener("input", (event) => { if (event.target.type === "range") chart ??= event.timeStamp; }, true);
  new MutationObserver(() => { if (chart) { const since = chart; chart = undefined; painted(() => seen.chart.push(performance.now() - since)); } })
    .observe(document.body, { subtree: true, attributeFilter: ["data-drawn"] });
  let released;
  document.addEventListener("change", (event) => { if (event.target.type === "range") released = event.timeStamp; }, true);
  document.addEventListener("htmx:after:swap", ({ target }) => {
    if (target.id === "live" || released === undefined) return;
    const since = released;
    released = undefined;
    painted(() => seen.release.push(performance.now() - since));
  });
  window.seen = seen;
})();
