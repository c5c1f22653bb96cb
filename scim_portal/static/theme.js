/* Runs before the first paint: applies the remembered theme, and says that scripts run. */
(function () {
  "use strict";
  const root = document.documentElement;
  root.dataset.js = "";
  let choice = null;
  try { choice = localStorage.getItem("theme"); } catch { /* storage may be forbidden; the system's theme serves */ }
  if (choice === "light" || choice === "dark") root.dataset.bsTheme = choice;
})();
