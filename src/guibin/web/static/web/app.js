// What every page does: menu, help drawer, pop-overs, dialogs, confirmations, messages, keys.
(() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const typing = (target) => target.closest?.("input, textarea, select, [contenteditable]");

  // ---- side menu on small screens
  const side = one("#gb-side");
  const showMenu = (open) => {
    const button = one("[data-gb-menu]");
    if (!side || !button) return;
    side.classList.toggle("is-open", open);
    button.setAttribute("aria-expanded", String(open));
    if (open) one("a", side)?.focus();
  };

  // ---- pop-overs are <details>: one open at a time, closed by a click elsewhere or Escape
  const closePops = (except) => {
    for (const pop of all("details[data-gb-pop][open]")) if (pop !== except && !pop.contains(except)) pop.open = false;
  };
  document.addEventListener("toggle", (event) => {
    if (event.target.matches?.("details[data-gb-pop]") && event.target.open) {
      closePops(event.target);
      place(event.target);
    }
  }, true);
  // A pop-over that would leave the window opens towards the other side.
  const place = (pop) => {
    const body = one(".gb-pop-body", pop);
    if (!body || getComputedStyle(body).position === "fixed") return;
    body.classList.remove("gb-pop-right-auto");
    if (body.getBoundingClientRect().right > innerWidth - 8) body.classList.add("gb-pop-right");
  };

  // ---- confirmation
  let confirmed = null;
  const askFirst = (button, event) => {
    if (confirmed === button) { confirmed = null; return; }
    const dialog = one("#gb-confirm");
    if (!dialog) return;
    event.preventDefault();
    one("[data-gb-question]", dialog).textContent = button.dataset.gbConfirm;
    const yes = one("[data-gb-yes]", dialog);
    yes.textContent = button.textContent.trim() || yes.textContent;
    yes.onclick = () => { dialog.close(); confirmed = button; button.click(); };
    dialog.showModal();
  };

  document.addEventListener("click", (event) => {
    const target = event.target;
    const hit = (selector) => target.closest(selector);
    if (hit("[data-gb-menu]")) return showMenu(!side.classList.contains("is-open"));
    if (side?.classList.contains("is-open") && !hit("#gb-side")) showMenu(false);
    if (!hit("details[data-gb-pop]")) closePops(null);
    const confirmable = hit("[data-gb-confirm]");
    if (confirmable) return askFirst(confirmable, event);
    if (hit("[data-gb-help]")) return one(".gb-help")?.showModal();
    if (hit("[data-gb-close]")) return hit("dialog").close();
    const opener = hit("[data-gb-open]");
    if (opener) return document.getElementById(opener.dataset.gbOpen)?.showModal();
    if (hit("[data-gb-dismiss]")) return hit(".gb-message").remove();
    if (hit("[data-gb-back]")) { event.preventDefault(); return history.back(); }
    // A click on the backdrop of a dialog closes it.
    if (target.matches("dialog")) {
      const box = target.getBoundingClientRect();
      const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
      if (!inside) target.close();
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const pop = one("details[data-gb-pop][open]");
      if (pop) { pop.open = false; one("summary", pop).focus(); }
      showMenu(false);
    }
    if (event.key === "?" && !typing(event.target)) one(".gb-help")?.showModal();
  });

  // ---- undo bars count down and leave; other messages stay until dismissed
  const countDown = (bar) => {
    let left = Number(bar.dataset.gbSeconds);
    const place_ = one("[data-gb-left]", bar);
    if (!left || !place_ || bar.dataset.gbRunning) return;
    bar.dataset.gbRunning = "1";
    const tick = () => {
      place_.textContent = place_.dataset.gbFormat.replace("%s", left);
      if (left-- <= 0) { clearInterval(timer); one("form", bar)?.remove(); }
    };
    const timer = setInterval(tick, 1000);
    tick();
  };
  const wake = (root) => all("[data-gb-seconds]", root).forEach(countDown);
  wake(document);
  document.addEventListener("htmx:afterSwap", (event) => wake(event.target));
  // A refusal comes back as a message: show it although its status is not 200.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status >= 400 && event.detail.xhr.getResponseHeader("HX-Retarget")) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
})();
