// Times the page of a design space until a frame is painted: its cloud since the last key or the page's own start, and
// the counts since the event of a slider that they follow.
(() => {
  const seen = { pressed: 0, painted: 0, follows: [] };
  window.seen = seen;
  const painted = (then) => requestAnimationFrame(() => { const { port1, port2 } = new MessageChannel(); port1.onmessage = then; port2.postMessage(0); });
  addEventListener("keydown", ({ key, timeStamp }) => { if (key === "Enter") seen.pressed = timeStamp; }, true);
  document.addEventListener("drawn", () => painted(() => { seen.painted = performance.now(); }));
  let waiting = [];
  addEventListener("input", ({ target, timeStamp, isTrusted }) => { if (isTrusted && target.type === "range") waiting.push(timeStamp); }, true);
  const sent = new WeakMap();
  document.addEventListener("htmx:before:request", ({ detail }) => sent.set(detail.ctx, waiting.length));
  document.addEventListener("htmx:after:swap", ({ detail }) => {
    const since = waiting.splice(0, sent.get(detail.ctx) ?? 0);
    painted(() => { for (const at of since) seen.follows.push(performance.now() - at); });
  });
})();
