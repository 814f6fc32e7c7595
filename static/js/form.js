// The form: sends only what was set, and shows the module that is chosen.
document.addEventListener("htmx:config:request", ({ detail }) => {
  const { body } = detail.ctx.request;
  for (const [key, value] of [...body]) if (value === "") body.delete(key);
});

// A module of the map is chosen in the form; the link leads there without a script too.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-module-link]");
  if (!link) return;
  event.preventDefault();
  document.getElementById(`m-${link.dataset.moduleLink}`).click();
});

// An address that ends with a layer's path opens its reason.
function openReason() {
  document.getElementById(decodeURIComponent(location.hash.slice(1)))?.querySelector("details")?.setAttribute("open", "");
}
addEventListener("hashchange", openReason);

function show() {
  const chosen = document.querySelector(".strip input:checked")?.value;
  for (const part of document.querySelectorAll("[data-module]")) {
    part.classList.toggle("hidden", part.dataset.module !== chosen);
  }
  for (const link of document.querySelectorAll("[data-module-link]")) {
    link.classList.toggle("shown", link.dataset.moduleLink === chosen);
  }
}

document.addEventListener("change", ({ target }) => {
  if (target.name === "shown") show();
});
document.addEventListener("htmx:after:swap", show);
show();
openReason();
