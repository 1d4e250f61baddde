/* What is typed must not be sent into nothing. A page that stood open for long asks whether its session still lives
   before a form goes out; when it does not, the page stays and says so. Who signed in again in another window goes
   on here: the form takes the new token of that session. */
"use strict";

(() => {
  const lost = document.getElementById("lost");
  const FRESH = 60000; // milliseconds in which an answer of the server needs no second one
  let heard = Date.now();
  let asking = false;

  const token = () => (document.cookie.match(/(?:^|; )[^=;]*csrftoken=([^;]+)/) || [])[1];
  const renew = (form) => {
    const field = form.elements.namedItem("csrfmiddlewaretoken");
    if (field && token()) field.value = token();
  };

  /* "here", "signed-out" or "offline"; an answer that says neither is left to the form itself. */
  const ask = async () => {
    try {
      const answer = await fetch(lost.dataset.ask, { redirect: "manual", cache: "no-store" });
      return answer.type === "opaqueredirect" ? "signed-out" : "here";
    } catch {
      return "offline";
    }
  };

  const say = (why) => {
    for (const part of lost.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== why;
    if (!lost.open) lost.showModal();
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    renew(form);
    if (Date.now() - heard < FRESH) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (asking) return;
    asking = true;
    ask().then((found) => {
      asking = false;
      if (found !== "here") return say(found);
      heard = Date.now();
      form.requestSubmit(event.submitter);
    });
  });

  /* Fragments: the token of now, and a page with something typed is not left for the sign-in. */
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.parameters.csrfmiddlewaretoken && token()) event.detail.parameters.csrfmiddlewaretoken = token();
  });
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const { xhr, requestConfig } = event.detail;
    if (!xhr.getResponseHeader("HX-Redirect") || requestConfig.verb === "get") return;
    event.preventDefault();
    say("signed-out");
    event.target.dispatchEvent(new CustomEvent("session:lost", { bubbles: true }));
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const { successful, xhr } = event.detail;
    if (successful && !xhr.getResponseHeader("HX-Redirect")) heard = Date.now();
  });
})();
