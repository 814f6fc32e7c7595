// Below 1280 px the form is a drawer, below 760 a sheet: a button opens it, Done, Escape or a click beside it closes it.
const button = () => document.getElementById("edit");
const isOpen = () => document.body.classList.contains("editing");

function edit(open) {
  document.body.classList.toggle("editing", open);
  button().setAttribute("aria-expanded", open);
  const first = document.querySelector("#panel .strip input:checked, #panel form :is(input, select):not([type=hidden], [type=range], .unscripted *)");
  setTimeout(() => (open ? first : button())?.focus(), 50); // it can be focused once it is seen
}

document.addEventListener("click", ({ target }) => {
  if (target.closest?.("#edit, #done")) edit(!isOpen());
  else if (isOpen() && target.closest?.("main") && !target.closest("[data-module-link]")) edit(false);
});
document.addEventListener("keydown", ({ key }) => { if (key === "Escape" && isOpen()) edit(false); });
