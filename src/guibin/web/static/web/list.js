// Lists: filters and pages by htmx, choosing rows, keys (j k or arrows, Enter, x), wide tables.
(() => {
  class List extends HTMLElement {
    connectedCallback() {
      this.addEventListener("submit", (event) => this.submit(event));
      this.addEventListener("click", (event) => this.click(event));
      this.addEventListener("change", (event) => this.changed(event));
      this.addEventListener("input", (event) => this.typed(event));
      this.widths = new ResizeObserver(() => this.measure());
      this.widths.observe(this);
      this.refresh();
    }

    disconnectedCallback() {
      this.widths.disconnect();
    }

    get form() { return this.querySelector(".gb-filters"); }
    get rows() { return [...this.querySelectorAll("tbody tr[data-id]")]; }
    get boxes() { return [...this.querySelectorAll("tbody input[name=ids]")]; }

    measure() {
      const box = this.querySelector(".gb-list-scroll");
      if (!box) return;
      box.classList.remove("is-wide");
      box.classList.toggle("is-wide", box.scrollWidth > box.clientWidth + 1);
    }

    // ---- asking the server again; words about a person travel in the body only
    personal() {
      const fields = this.form ? new FormData(this.form) : new FormData();
      return Object.fromEntries([...this.querySelectorAll("[data-gb-search]")].filter((field) => field.value)
        .map((field) => [field.name, fields.get(field.name)]));
    }

    load(url, { values = {}, post = false, part = false } = {}) {
      const target = part ? `#${this.id}-rows` : `#${this.id}`;
      // From an element without fields: htmx would add every field of the list to what is sent.
      const source = this.querySelector("[data-gb-source]");
      return htmx.ajax(post ? "POST" : "GET", url, { source, target, values, swap: "outerHTML", ...(part ? { select: target } : {}) });
    }

    submit(event) {
      if (event.target !== this.form) return;
      event.preventDefault();
      this.send();
    }

    // `part`: only the rows, so that the search field keeps its focus.
    send(part = false) {
      const data = new FormData(this.form);
      const values = {};
      for (const key of new Set(data.keys())) {
        const found = data.getAll(key).filter((value) => value !== "");
        if (found.length) values[key] = found;
      }
      const post = this.form.method === "post";
      this.load(this.form.action, { values, post, part });
    }

    typed(event) {
      if (!event.target.matches("[data-gb-search]")) return;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.send(true), 300);
    }

    click(event) {
      const link = event.target.closest("a[data-gb-go], .gb-pager a");
      if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
        event.preventDefault();
        const clearing = link.matches(".gb-clear, .gb-views a, .gb-empty a");
        const values = clearing ? {} : this.personal();
        this.load(new URL(link.href, location.href).href, { values, post: Object.keys(values).length > 0 });
      } else if (event.target.closest("[data-gb-everything]")) {
        this.everything(true);
      } else if (event.target.closest("[data-gb-none]")) {
        this.boxes.forEach((box) => { box.checked = false; });
        this.everything(false);
      }
    }

    // ---- choosing rows
    changed(event) {
      if (event.target.matches("[data-gb-all]")) this.boxes.forEach((box) => { box.checked = event.target.checked; });
      if (event.target.matches("[data-gb-all], [name=ids]")) this.everything(false);
    }

    everything(on) {
      const bar = this.querySelector(".gb-bulk");
      bar.elements.everything.value = on ? "1" : "";
      this.refresh();
    }

    refresh() {
      const bar = this.querySelector(".gb-bulk");
      this.measure();
      if (!bar) return;
      const chosen = this.boxes.filter((box) => box.checked);
      const whole = bar.elements.everything.value === "1";
      const all = this.querySelector("[data-gb-all]");
      bar.hidden = !chosen.length;
      if (all) {
        all.checked = chosen.length > 0 && chosen.length === this.boxes.length;
        all.indeterminate = chosen.length > 0 && !all.checked;
      }
      this.rows.forEach((row) => {
        const box = row.querySelector("[name=ids]");
        row.setAttribute("aria-selected", String(Boolean(box?.checked)));
      });
      const text = bar.querySelector("[data-gb-chosen]");
      const total = this.querySelector("[data-gb-everything]")?.dataset.gbEverything;
      text.textContent = text.dataset.one.replace("%s", Number(whole ? total : chosen.length).toLocaleString());
    }

    // ---- keys
    move(step) {
      const rows = this.rows;
      if (!rows.length) return;
      const now = rows.findIndex((row) => row.classList.contains("is-here"));
      const next = Math.min(Math.max(now + step, 0), rows.length - 1);
      rows.forEach((row, index) => row.classList.toggle("is-here", index === next));
      rows[next].scrollIntoView({ block: "nearest" });
      const focusable = rows[next].querySelector("a, input");
      focusable?.focus({ preventScroll: true });
    }

    key(event) {
      const here = this.querySelector("tr.is-here");
      if (event.key === "j" || event.key === "ArrowDown") this.move(1);
      else if (event.key === "k" || event.key === "ArrowUp") this.move(-1);
      else if (event.key === "Enter" && here?.dataset.url && !event.target.closest?.("a, button")) location.assign(here.dataset.url);
      else if (event.key === "x" && here?.querySelector("[name=ids]")) {
        const box = here.querySelector("[name=ids]");
        box.checked = !box.checked;
        this.everything(false);
      } else return;
      event.preventDefault();
    }
  }
  customElements.define("gb-list", List);

  document.addEventListener("keydown", (event) => {
    const list = document.querySelector("gb-list");
    const busy = event.target.closest?.("input:not([type=checkbox]), textarea, select, dialog, details[open], .gb-seg, [contenteditable]");
    const scrolling = event.key.startsWith("Arrow") && !event.target.closest?.("gb-list");
    if (!list || busy || scrolling || event.ctrlKey || event.metaKey || event.altKey) return;
    list.key(event);
  });
})();
