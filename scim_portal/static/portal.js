/* Comforts on top of plain forms: theme, copying, confirmation, live filters.
   Every page works without this file. */
(function () {
  "use strict";
  const root = document.documentElement;
  const say = (text) => { const live = document.getElementById("live"); if (live) live.textContent = text; };

  function showTheme() {
    const current = root.dataset.bsTheme || "auto";
    document.querySelectorAll("[data-theme-choice]").forEach((button) =>
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === current)));
  }

  function chooseTheme(choice) {
    if (choice === "auto") delete root.dataset.bsTheme; else root.dataset.bsTheme = choice;
    try { localStorage.setItem("theme", choice); } catch { /* the choice lasts for this page only */ }
    showTheme();
    document.dispatchEvent(new Event("themechange"));
  }

  async function copy(button) {
    const field = document.getElementById(button.dataset.copy);
    if (!field) return;
    const value = field.value ?? field.textContent;
    try { await navigator.clipboard.writeText(value); }
    catch { if (field.select) { field.select(); document.execCommand("copy"); } }
    const label = button.querySelector("[data-copy-label]");
    if (label && !button.dataset.before) {
      button.dataset.before = label.textContent;
      label.textContent = document.body.dataset.copied;
      setTimeout(() => { label.textContent = button.dataset.before; delete button.dataset.before; }, 2000);
    }
    say(document.body.dataset.copiedAloud);
  }

  function ask(form, submitter) {
    const dialog = document.getElementById("ask");
    dialog.querySelector("[data-ask-title]").textContent = form.dataset.confirm;
    dialog.querySelector("[data-ask-text]").textContent = form.dataset.confirmText || "";
    dialog.querySelector("[data-ask-yes]").textContent = form.dataset.confirmYes || document.body.dataset.goOn;
    dialog.returnValue = "";
    dialog.addEventListener("close", () => {
      if (dialog.returnValue !== "yes") return;
      form.dataset.confirmed = "";
      form.requestSubmit(submitter || undefined);
    }, { once: true });
    dialog.showModal();
  }

  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-theme-choice], [data-copy]");
    if (!target) return;
    if (target.dataset.themeChoice) chooseTheme(target.dataset.themeChoice); else copy(target);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.confirm || "confirmed" in form.dataset) return;
    event.preventDefault();
    event.stopPropagation();
    ask(form, event.submitter);
  }, true);

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-submit-on-change]");
    if (form) form.requestSubmit();
  });

  // The address follows what was searched, so that it can be copied, reloaded and returned to.
  document.addEventListener("htmx:after:swap", (event) => {
    const source = event.detail?.ctx?.sourceElement;
    if (source?.dataset.address === undefined) return;
    const typed = [...new FormData(source.form)].filter(([, value]) => value !== "");
    const query = new URLSearchParams(typed).toString();
    history.replaceState(null, "", location.pathname + (query ? "?" + query : ""));
    const list = document.getElementById("user-list");
    say(list?.querySelector(".pager .num")?.textContent ?? list?.querySelector(".empty-title")?.textContent ?? "");
  });

  showTheme();
})();
