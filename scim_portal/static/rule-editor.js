/* The rule editor: its small buttons act without loading the page, and a term about groups suggests groups.
   The editor works without this file; whom a condition matches is then told by the button “Check”. */
(function () {
  "use strict";
  const form = document.getElementById("rule-form");
  if (!form) return;
  const aboutGroups = (path) => /^groups(\.value)?$/i.test(path.trim());

  // A term suggests groups as soon as its path says that it is about them.
  form.addEventListener("input", (event) => {
    const field = event.target;
    if (field.matches("[data-value][list]")) field.dispatchEvent(new Event("suggest"));
    if (!field.name?.startsWith("path.")) return;
    const value = form.elements["value." + field.name.slice(5)];
    if (aboutGroups(field.value)) value.setAttribute("list", "groups"); else value.removeAttribute("list");
  });

  // Enter in the builder checks; it must not press the first button it finds, which removes a term.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("#builder-side input")) return;
    event.preventDefault();
    event.target.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // Buttons of the builder and “Check” ask for what the page would be, and put only that in its place.
  form.addEventListener("submit", (event) => {
    const action = event.submitter?.name === "action" ? event.submitter.value : "save";
    if (!/^(add|remove|check)/.test(action)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const before = event.submitter.id;
    htmx.ajax("POST", form.querySelector("#text-side").getAttribute("hx-post"), {
      source: event.submitter, target: "#check-error", swap: "innerHTML", values: { action },
    }).then(() => focusAfter(action, before));
  });

  // The keyboard goes on where the work goes on: in the new term, or near the one that is gone.
  function focusAfter(action, before) {
    const fields = [...form.querySelectorAll("#builder-side [name^='path.']")];
    if (action === "add") fields.at(-1)?.focus();
    else if (action.startsWith("add.")) {
      const mine = [...form.querySelectorAll("#builder-side .block")][Number(action.slice(4))];
      [...(mine?.querySelectorAll("[data-value]") ?? [])].at(-1)?.focus();
    } else if (action.startsWith("remove.")) fields[Math.min(Number(action.slice(7)), fields.length - 1)]?.focus();
    else document.getElementById(before)?.focus();
  }
})();
