/* Enter moves to the next field instead of sending the form; the button is pressed by hand or, on the
   last field, by Enter. Search and filter forms (method get) and text areas keep their own Enter. */
"use strict";

document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key !== "Enter" || event.isComposing || !(field instanceof HTMLElement)) return;
  if (!field.matches("input, select") || field.matches("[type=submit], [type=button], [type=password]")) return;
  const form = field.form;
  if (!form || form.method !== "post" || form.elements.length < 3) return;
  const stops = Array.from(form.elements).filter(
    (other) => !other.disabled && other.type !== "hidden" && other.tabIndex >= 0 && other.offsetParent,
  );
  const next = stops[stops.indexOf(field) + 1];
  if (!next) return;
  event.preventDefault();
  next.focus();
  if (next instanceof HTMLInputElement && next.select) next.select();
});

/* A pressed button answers at once and cannot be pressed twice; it keeps its width. Where a file comes instead of a
   page (data-file) it stays as it was. */
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!(button instanceof HTMLButtonElement) || event.target.method !== "post" || "file" in event.target.dataset) return;
  if (button.dataset.pressed) {
    event.preventDefault();
    return;
  }
  button.dataset.pressed = "1";
  if (!button.dataset.busy) return;
  button.dataset.word = button.textContent;
  button.textContent = button.dataset.busy;
});

window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button[data-pressed]")) {
    if (button.dataset.word) button.textContent = button.dataset.word;
    delete button.dataset.pressed;
  }
});

/* Buttons that print the page: without script they are not shown. */
for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
