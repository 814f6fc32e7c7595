// The form beside a page: a slider moves the number in its field, and the field the slider.
import "./history.js";

export const form = () => document.querySelector("#panel form");
const fieldOf = (slider) => document.getElementById(slider.dataset.field);
const sliderOf = (field) => document.getElementById(field.id.replace("f-", "s-"));

// Only what was set is sent: no empty field, no word that the network has anyway.
export function pruned(data) {
  for (const [key, value] of [...data]) if (value === "") data.delete(key);
  for (const input of form().querySelectorAll("[data-own]:checked")) data.delete(input.name);
  return data;
}
document.addEventListener("htmx:config:request", ({ target, detail }) => { if (target === form()) pruned(detail.ctx.request.body); });

// The rail shows how far; while the thumb is held, a bubble says its value. Its place is measured once: to ask for it
// at every step would have the page laid out twice.
const bubble = Object.assign(document.createElement("output"), { className: "bubble", hidden: true });
bubble.setAttribute("aria-hidden", "true");
document.body.append(bubble);
let held;

export function follow(slider) {
  slider.parentElement.querySelector(".run")?.setAttribute("width", slider.value - slider.min);
  if (held?.slider !== slider) return;
  const { left, width, top } = held.box;
  const share = (slider.value - slider.min) / (slider.max - slider.min);
  bubble.hidden = false;
  bubble.value = slider.value;
  bubble.style.translate = `calc(${left + 7 + share * (width - 14)}px - 50%) calc(${top}px - 100%)`;
}
document.addEventListener("pointerdown", ({ target }) => {
  if (target.matches?.("#panel form input[type=range]")) held = { slider: target, box: target.getBoundingClientRect() };
});
for (const event of ["pointerup", "pointercancel", "blur"]) addEventListener(event, () => {
  held = undefined;
  bubble.hidden = true;
});

// Fields of the numbers of one value are joined into it. Who types or pastes it whole into one of them has meant that.
export const joined = (key) => [...form().querySelectorAll(`[data-joined="${key}"]`)];
function join(field) {
  if (!field.dataset.joined) return;
  const whole = document.getElementById(`f-${field.dataset.joined}`);
  const { mark = "," } = whole.dataset;
  const fields = joined(field.dataset.joined);
  const empty = whole.placeholder && fields.every(({ value }) => !value);
  const pasted = fields.find(({ value }) => value.includes(mark));
  whole.value = empty ? "" : pasted?.value ?? fields.map((each) => each.value || each.placeholder).join(mark);
}

// Before htmx sees the event, which then sends the field.
document.addEventListener("input", ({ target }) => {
  if (!form()?.contains(target)) return;
  if (target.type === "range") {
    follow(target);
    fieldOf(target).value = target.value + (target.dataset.unit ? ` ${target.dataset.unit}` : "");
    join(fieldOf(target));
  } else if (sliderOf(target)) {
    sliderOf(target).value = parseFloat(target.value || target.placeholder);
    follow(sliderOf(target));
  }
  join(target);
}, true);

function changed(control) {
  for (const event of ["input", "change"]) control.dispatchEvent(new Event(event, { bubbles: true }));
}

// Back to the network's own value: an empty field.
function release(slider) {
  const field = fieldOf(slider);
  slider.value = field.value = slider.dataset.own ?? (field.placeholder || slider.defaultValue);
  follow(slider);
  changed(slider);
}

// The one button beside what is refused, where a reduction without its convolution is.
document.addEventListener("click", ({ target }) => {
  const field = document.getElementById(target.closest?.("[data-none]")?.dataset.none);
  if (!field) return;
  field.value = 0;
  changed(field);
  field.focus();
});

document.addEventListener("dblclick", ({ target }) => {
  const slider = target.closest?.("label") && target.closest(".width")?.querySelector("input[type=range]");
  if (slider) release(slider);
});

document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (!target.matches?.("input") || !target.closest(".width, .field")?.querySelector("input[type=range]")) return;
  const slider = target.type === "range" ? target : sliderOf(target);
  if (key === "Backspace" && target === slider) return release(slider);
  const unit = Number(slider.step) || 1;
  const step = { PageUp: 32, PageDown: -32, ArrowUp: 1, ArrowDown: -1, ArrowRight: 1, ArrowLeft: -1 }[key];
  const plain = target === slider && !event.shiftKey && key.startsWith("Arrow");
  if (!step || plain || (target !== slider && /Left|Right/.test(key))) return;
  event.preventDefault();
  const by = step * unit * (event.shiftKey && key.startsWith("Arrow") ? 8 : 1);
  if (target === slider) slider.value = slider.valueAsNumber + by;
  else target.value = Math.max(0, Number(target.value || target.placeholder) + by);
  changed(target);
});
