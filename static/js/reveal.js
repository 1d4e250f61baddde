/* Full numbers: why one was not shown is said in its row (htmx drops answers over 400 by itself), and a page
   that the browser kept is loaded anew, so that going back shows masks. */
"use strict";

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, xhr } = event.detail;
  if (target.id.startsWith("hidden-") && [422, 429].includes(xhr.status)) event.detail.shouldSwap = true;
});

window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});
