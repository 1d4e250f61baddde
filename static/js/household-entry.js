/* The entry sheet by keyboard: a group of buttons is one stop, a number picks its choice and moves on, Enter
   moves on. Also keeps a member's line up to date and closes the others when one is added. Everything works
   without it, with more keys. */
"use strict";

(() => {
  const sheet = document.getElementById("household");
  if (!sheet) return;

  /* Folded fields have a place in the page but cannot be reached. */
  const seen = (field) => !field.disabled && field.type !== "hidden" && field.tabIndex >= 0 && field.checkVisibility();
  const groupOf = (field) => (field.matches("[type=radio], [type=checkbox]") ? field.closest("fieldset") : null);

  /* The next field outside the group this one is in; of a radio group the chosen or the first one. */
  const next = (field) => {
    const group = groupOf(field);
    const stops = Array.from(sheet.elements).filter((other) => seen(other) && other.nodeName !== "FIELDSET");
    const rest = stops.slice(stops.indexOf(field) + 1);
    const found = rest.find((other) => !group || !group.contains(other));
    if (!found) return;
    const target = found.type === "radio" ? sheet.querySelector(`[name="${found.name}"]:checked`) || found : found;
    target.focus();
    if (target.select) target.select();
  };

  const changed = (field) => field.dispatchEvent(new Event("change", { bubbles: true }));

  sheet.addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey || !(field instanceof HTMLElement)) return;
    if (!field.matches("input, select")) return;
    const group = groupOf(field);
    if (event.key === "Enter") {
      event.preventDefault();
      event.stopPropagation();
      next(field);
    } else if (/^[0-9]$/.test(event.key)) {
      const number = Number(event.key);
      if (field.matches("select[data-numbered]") && Number(field.dataset.numbered) <= 9) {
        event.preventDefault();
        const option = field.options[number];
        if (number < 1 || !option || option.disabled) return;
        field.selectedIndex = number;
        changed(field);
        next(field);
      } else if (group && field.type === "radio") {
        const choices = Array.from(group.querySelectorAll("input"));
        const picked = choices[field.classList.contains("yes-no") ? (number === 0 ? 1 : number === 1 ? 0 : -1) : number - 1];
        if (!picked) return;
        event.preventDefault();
        picked.checked = true;
        changed(picked);
        next(picked);
      } else if (group && number > 0) {
        const picked = group.querySelectorAll("input")[number - 1];
        if (!picked) return;
        event.preventDefault();
        picked.checked = !picked.checked;
        changed(picked);
      }
    } else if ((event.key === "Delete" || event.key === "Backspace") && group && field.type === "radio") {
      /* Back to unknown. */
      event.preventDefault();
      for (const choice of group.querySelectorAll("input")) choice.checked = false;
      changed(field);
    }
  });

  /* What cannot be chosen by what else is typed is left out; what is chosen, or was saved, stays. */
  const NOTE = /（须写原因）$|（原值）$/;
  const narrow = (told) => {
    for (const found of told.querySelectorAll("[data-narrow]")) {
      for (const [name, [refused, questioned]] of Object.entries(JSON.parse(found.dataset.narrow))) {
        const select = sheet.elements[`${found.dataset.ofRow}-${name}`];
        if (!select) continue;
        for (const option of select.options) {
          const out = refused.includes(option.value);
          const before = option.value !== "" && option.value === select.dataset.before;
          option.hidden = option.disabled = out && !before && !option.selected;
          const note = questioned.includes(option.value) ? "（须写原因）" : out && before ? "（原值）" : "";
          const label = option.textContent.replace(NOTE, "") + note;
          if (option.textContent !== label) option.textContent = label;
        }
      }
    }
  };

  /* 健康 stands alone: choosing it takes the others back, and the other way round. */
  sheet.addEventListener("change", (event) => {
    const field = event.target;
    if (field.type !== "checkbox" || !field.checked || !field.dataset.alone) return;
    const alone = field.dataset.alone.split("|");
    for (const other of field.closest("fieldset").querySelectorAll("input:checked")) {
      if (other !== field && (alone.includes(field.value) || alone.includes(other.value))) other.checked = false;
    }
  });

  /* The member's line repeats what identifies and the state. */
  const word = (field) => {
    if (field.nodeName === "SELECT") return field.selectedOptions[0].value;
    if (field.name.endsWith("-id_number") && field.value.length > 8 && !field.value.includes("*")) {
      return field.value.slice(0, 4) + "*".repeat(field.value.length - 8) + field.value.slice(-4);
    }
    return field.value;
  };
  sheet.addEventListener("change", (event) => {
    const field = event.target;
    const member = field.closest(".member");
    if (!member) return;
    const name = field.name.split("-").pop();
    const place = member.querySelector(`[data-of="${name}"]`);
    if (!place) return;
    if (field.type === "checkbox") {
      const picked = member.querySelectorAll(`[name="${field.name}"]:checked`);
      place.textContent = Array.from(picked, (one) => one.value).join("、");
    } else {
      place.textContent = word(field);
    }
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    const told = event.target;
    narrow(told);
    if (told.id === "members") {
      const rows = Array.from(told.children);
      for (const row of rows.slice(0, -1)) {
        if (!row.querySelector("[aria-invalid]")) row.querySelector("details").open = false;
      }
      rows[rows.length - 1].querySelector("[name$=-name]").focus();
    } else if (told.classList.contains("told")) {
      const sex = told.querySelector("[data-told=sex]");
      const age = told.querySelector("[data-told=age]");
      const place = told.closest(".member").querySelector("[data-of=told]");
      place.textContent = age && age.dataset.age ? `${sex.textContent}　${age.textContent}` : "";
    }
  });

  /* A draft that could not be kept is said where the last one was, and tried again when one comes back to the page. */
  const said = document.getElementById("draft-said");
  let unkept = false;
  const failed = (event) => {
    if (event.target !== said) return;
    unkept = true;
    said.textContent = "刚才填的还没有存上，请不要离开这一页";
    said.classList.add("msg-err");
  };
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout", "session:lost"]) document.addEventListener(name, failed);
  said.addEventListener("htmx:afterSwap", () => {
    unkept = false;
    said.classList.remove("msg-err");
  });
  const again = () => {
    if (unkept) changed(sheet);
  };
  window.addEventListener("focus", again);
  window.addEventListener("online", again);

  /* A link to a field opens what it is folded in. */
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const target = link && document.getElementById(link.hash.slice(1));
    if (!target) return;
    for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    const field = target.matches("input, select") ? target : target.matches("fieldset") && target.querySelector("input");
    if (field) field.focus();
  });
})();
