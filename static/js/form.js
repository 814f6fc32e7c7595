// The form: sends only what was set, and shows the module that is chosen.
document.addEventListener("htmx:config:request", ({ detail }) => {
  const { body } = detail.ctx.request;
  for (const [key, value] of [...body]) if (value === "") body.delete(key);
});

function show() {
  const chosen = document.querySelector(".strip input:checked")?.value;
  for (const part of document.querySelectorAll("[data-module]")) {
    part.classList.toggle("hidden", part.dataset.module !== chosen);
  }
}

document.addEventListener("change", ({ target }) => {
  if (target.name === "shown") show();
});
document.addEventListener("htmx:after:swap", show);
show();
