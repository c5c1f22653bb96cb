/* Keys for those who like them: / searches, ? lists all keys, g and a letter goes to a section. They can be turned off, and
   everything they do can be done without them. */
(function () {
  "use strict";
  const WAIT = 2000;
  const dialog = document.getElementById("keys");
  const sections = () => [...document.querySelectorAll(".side-nav a[data-letter]")];
  let going = 0;

  const say = (text) => { const live = document.getElementById("live"); if (live) live.textContent = text; };
  const remembered = () => { try { return localStorage.getItem("keys") !== "off"; } catch { return true; } };
  let on = remembered();

  function showSwitches() {
    document.querySelectorAll("[data-keys-on]").forEach((box) => { box.checked = on; });
  }

  function list() {
    const body = dialog.querySelector("[data-keys-sections]");
    if (body.children.length) return;
    for (const link of sections()) {
      const row = body.insertRow();
      const keys = row.insertCell(), where = row.insertCell();
      for (const key of ["g", link.dataset.letter]) {
        const cap = document.createElement("kbd");
        cap.textContent = key;
        keys.append(cap, " ");
      }
      const copy = document.createElement("a");
      copy.href = link.href;
      copy.textContent = link.dataset.label;
      where.append(copy);
    }
  }

  function help() {
    if (!dialog || dialog.open) return;
    list();
    showSwitches();
    dialog.showModal();
  }

  function search() {
    const field = document.querySelector("[data-search-key]");
    if (field) { field.focus(); field.select(); return; }
    const users = document.querySelector(".side-nav a[data-letter=u]");
    if (users) location.assign(users.href + "#q");
  }

  function go(letter) {
    going = 0;
    const link = sections().find((one) => one.dataset.letter === letter);
    if (!link) { say(dialog.dataset.sayNowhere); return; }
    say(link.dataset.label);
    location.assign(link.href);
  }

  // The focus leaves a dialog that was closed only with the next frame, so what has it there does not count.
  function typing(target) {
    const box = target.closest("dialog");
    return (!box || box.open) && target.closest("input, textarea, select, [contenteditable], dialog");
  }

  function elsewhere(event) {
    return event.defaultPrevented || event.isComposing || event.repeat || event.ctrlKey || event.metaKey || event.altKey ||
      typing(event.target) || document.querySelector("dialog[open]");
  }

  document.addEventListener("keydown", (event) => {
    if (!on || !dialog || elsewhere(event)) return;
    if (going && Date.now() - going < WAIT && /^[a-z]$/i.test(event.key)) { event.preventDefault(); go(event.key.toLowerCase()); return; }
    going = 0;
    if (event.key === "/") { event.preventDefault(); search(); }
    else if (event.key === "?") { event.preventDefault(); help(); }
    else if (event.key === "g") { going = Date.now(); say(dialog.dataset.sayGo); }
  });

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-keys-help]") || !dialog || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    help();
  });

  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-keys-on]")) return;
    on = event.target.checked;
    try { localStorage.setItem("keys", on ? "on" : "off"); } catch { /* the choice lasts for this page only */ }
    showSwitches();
  });

  showSwitches();
})();
