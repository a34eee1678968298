/* Suggestions below the search box. Without this file, or without an answer, the box is a plain form that works. */
(() => {
  "use strict";
  const input = document.querySelector('form[role="search"] input[type="search"]');
  if (!input) return;
  const list = document.createElement("div");
  list.id = "suggestions";
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.labels[0].textContent);
  list.hidden = true;
  input.closest("form").append(list);
  for (const [name, value] of [["role", "combobox"], ["aria-expanded", "false"], ["aria-controls", list.id], ["aria-autocomplete", "list"]]) {
    input.setAttribute(name, value);
  }
  let waiting = 0, asked = "", chosen = -1;
  const options = () => [...list.querySelectorAll('[role="option"]')];
  const close = () => {
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const element = (tag, text, attributes) => {
    const made = document.createElement(tag);
    made.textContent = text;
    for (const name in attributes) made.setAttribute(name, attributes[name]);
    return made;
  };
  const show = (groups) => {
    list.replaceChildren(...groups.map((group, at) => {
      const box = element("div", "", { role: "group", "aria-labelledby": `suggestions-${at}` });
      box.append(element("div", group.label, { id: `suggestions-${at}`, class: "suggestions-label" }));
      group.items.forEach((item, place) => {
        box.append(element("a", item.text, { role: "option", id: `suggestion-${at}-${place}`, href: item.url, tabindex: "-1", "aria-selected": "false" }));
      });
      return box;
    }));
    chosen = -1;
    list.hidden = !groups.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    input.removeAttribute("aria-activedescendant");
  };
  const ask = async () => {
    const text = input.value.trim();
    if (text === asked) return;
    asked = text;
    if (!text) return close();
    const query = new URLSearchParams({ q: text });
    const lang = input.form.elements.lang;
    if (lang) query.set("lang", lang.value);
    try {
      const answer = await fetch(`/api/suggest?${query}`);
      if (answer.ok && asked === text) show((await answer.json()).groups);
    } catch {
      close();
    }
  };
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 150);
  });
  input.addEventListener("keydown", (event) => {
    const all = options();
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !list.hidden && all.length) {
      event.preventDefault();
      chosen = (chosen + (event.key === "ArrowDown" ? 1 : all.length + (chosen < 0 ? 0 : -1))) % all.length;
      all.forEach((option, at) => option.setAttribute("aria-selected", String(at === chosen)));
      input.setAttribute("aria-activedescendant", all[chosen].id);
      all[chosen].scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && chosen >= 0 && !list.hidden) {
      event.preventDefault();
      all[chosen].click();
    }
  });
  input.form.addEventListener("focusout", (event) => {
    if (!input.form.contains(event.relatedTarget)) setTimeout(close, 150);
  });
})();
