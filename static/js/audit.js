/* One tick for all lists that may be passed; without script each is ticked by itself. */
"use strict";

for (const all of document.querySelectorAll("input[data-all]")) {
  const boxes = () => Array.from(all.form.querySelectorAll('input[type="checkbox"][name="list"]'));
  all.hidden = boxes().length === 0;
  all.addEventListener("change", () => {
    for (const box of boxes()) box.checked = all.checked;
  });
}
