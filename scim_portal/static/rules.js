/* The ordered list of rules: dragging, and saying what was done. Every move can be made without this file, by buttons and by
   a place typed into its field. */
(function () {
  "use strict";
  const EDGE = 60; // pixels from the window's edge at which the page begins to scroll along
  let drag = null;

  const rows = () => [...document.querySelectorAll("[data-rule]")];
  // Moved where the browser can move, so that a finger does not lose hold of the row.
  const put = (row, next) => row.parentElement[row.parentElement.moveBefore ? "moveBefore" : "insertBefore"](row, next);
  const say = (text) => { const live = document.getElementById("live"); if (live) live.textContent = text; };

  function begin(event) {
    const grip = event.target.closest("[data-grip]");
    if (!grip || event.button !== 0) return;
    event.preventDefault();
    const row = grip.closest("[data-rule]");
    drag = { row, pointer: event.pointerId, home: rows().indexOf(row), y: event.clientY };
    grip.setPointerCapture(event.pointerId);
    row.classList.add("is-dragged");
    document.body.classList.add("is-dragging");
    requestAnimationFrame(scrollAlong);
  }

  // Held near an edge of the window, the page goes on scrolling, so that far places can be reached.
  function scrollAlong() {
    if (!drag) return;
    const by = drag.y < EDGE ? -8 : drag.y > innerHeight - EDGE ? 8 : 0;
    if (by) { scrollBy(0, by); follow(); }
    requestAnimationFrame(scrollAlong);
  }

  // The row goes where the pointer is: before the first other row whose middle lies below it.
  function follow() {
    const others = rows().filter((row) => row !== drag.row);
    const next = others.find((row) => { const box = row.getBoundingClientRect(); return drag.y < box.top + box.height / 2; });
    if (next ? drag.row.nextElementSibling !== next : drag.row.nextElementSibling) put(drag.row, next ?? null);
  }

  function move(event) {
    if (event.pointerId !== drag?.pointer) return;
    drag.y = event.clientY;
    follow();
  }

  function end(keep) {
    const { row, home } = drag;
    drag = null;
    row.classList.remove("is-dragged");
    document.body.classList.remove("is-dragging");
    const place = rows().indexOf(row);
    if (place === home) return;
    if (keep) {
      const form = row.querySelector("form[data-place]");
      form.elements.to.value = place + 1;
      form.requestSubmit();
    } else {
      const others = rows().filter((one) => one !== row);
      put(row, others[home] ?? null);
    }
  }

  document.addEventListener("pointerdown", begin);
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", (event) => { if (event.pointerId === drag?.pointer) end(true); });
  document.addEventListener("pointercancel", (event) => { if (event.pointerId === drag?.pointer) end(false); });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && drag) end(false); });
  document.addEventListener("htmx:after:swap", () => {
    const list = document.getElementById("rule-list");
    if (!list?.dataset.say) return;
    say(list.dataset.say);
    delete list.dataset.say;
  });
})();
