// Times every input event of a slider until a frame is painted that shows it, in the page itself.
(() => {
  const seen = { input: [], live: [], release: [], chart: [], asked: [], answered: [], swapped: [] };
  let waiting = [], shown = 0, count = 0;
  const painted = (then) => requestAnimationFrame(() => { const { port1, port2 } = new MessageChannel(); port1.onmessage = then; port2.postMessage(0); });
  window.addEventListener("input", (event) => { if (event.target.type === "range") waiting.push([++count, event.timeStamp]); }, true);
  let answered;
  const ask = window.fetch;
  window.fetch = async (...request) => {
    if (!/\/live\/|\/learn\//.test(request[0])) return ask(...request);
    const upTo = count;
    const started = performance.now();
    const answer = await ask(...request);
    const text = await answer.text();
    answered = performance.now();
    shown = upTo;
    seen.asked.push(answered - started);
    return new Response(text, answer);
  };
  document.addEventListener("live", () => {
    const upTo = shown;
    const swapped = performance.now();
    seen.swapped.push(swapped - answered);
    painted(() => {
      const now = performance.now();
      seen.live.push(now - swapped);
      seen.input.push(...waiting.filter(([at]) => at <= upTo).map(([, since]) => now - since));
      waiting = waiting.filter(([at]) => at > upTo);
    });
  });
  let charted = [], told = 0;
  window.addEventListener("input", (event) => { if (event.target.type === "range") charted.push([count, event.timeStamp]); }, true);
  document.addEventListener("live", () => { told = shown; });
  new MutationObserver(() => {
    const seenNow = [...document.querySelectorAll("plot-figure")].filter((figure) => figure.inView);
    if (!seenNow.length || seenNow.some((figure) => figure.dataset.drawn !== figure.getAttribute("src"))) return;
    const upTo = told;
    painted(() => {
      seen.chart.push(...charted.filter(([at]) => at <= upTo).map(([, since]) => performance.now() - since));
      charted = charted.filter(([at]) => at > upTo);
    });
  }).observe(document.body, { subtree: true, attributeFilter: ["data-drawn"] });
  let released;
  window.addEventListener("change", (event) => { if (event.target.type === "range") released = event.timeStamp; }, true);
  document.addEventListener("htmx:after:swap", ({ target, detail }) => {
    if (target.id !== "form" || !detail.ctx.select || released === undefined) return;
    const since = released;
    released = undefined;
    painted(() => seen.release.push(performance.now() - since));
  });
  window.seen = seen;
})();
