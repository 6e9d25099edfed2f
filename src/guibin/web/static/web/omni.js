// The search box: opens with / or Ctrl-K, asks while you type, opens what you choose.
(() => {
  const WAIT = 120;

  class Omni extends HTMLElement {
    connectedCallback() {
      this.box = this.querySelector("dialog");
      this.input = this.querySelector("input");
      this.found = this.querySelector("[role=listbox]");
      this.said = this.querySelector("[role=status]");
      this.at = -1;
      this.querySelector("button").addEventListener("click", () => this.open());
      this.input.addEventListener("input", () => this.later());
      this.box.addEventListener("keydown", (event) => this.key(event));
      this.found.addEventListener("pointermove", (event) => this.hover(event));
      document.addEventListener("keydown", (event) => this.shortcut(event));
    }

    shortcut(event) {
      const letters = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey;
      const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.target.closest?.("input, textarea, select, [contenteditable]");
      if ((!letters && !slash) || this.box.open) return;
      event.preventDefault();
      this.open();
    }

    open() {
      this.box.showModal();
      this.input.select();
    }

    later() {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.ask(), WAIT);
    }

    // POST, so that what is typed (a name, a phone) stays out of addresses and logs.
    async ask() {
      const words = this.input.value.trim();
      this.asking?.abort();
      if (!words) return this.show([]);
      this.asking = new AbortController();
      const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
      try {
        const answer = await fetch(this.dataset.url, {
          method: "POST", body: new URLSearchParams({ q: words }), signal: this.asking.signal,
          headers: { "X-CSRFToken": token, Accept: "application/json" },
        });
        if (!answer.ok) return this.say(this.dataset.failed);
        const { groups } = await answer.json();
        this.show(groups, true);
      } catch (error) {
        if (error.name !== "AbortError") this.say(this.dataset.failed);
      }
    }

    say(text) {
      this.found.replaceChildren();
      this.said.textContent = text;
      this.options = [];
    }

    show(groups, asked = false) {
      const filled = groups.filter((group) => group.items.length);
      if (asked && !filled.length) return this.say(this.dataset.none);
      this.said.textContent = "";
      this.found.replaceChildren(...filled.map((group, index) => this.group(group, index)));
      this.options = [...this.found.querySelectorAll("[role=option]")];
      this.choose(this.options.length ? 0 : -1);
    }

    group(group, index) {
      const block = document.createElement("div");
      const title = document.createElement("div");
      block.setAttribute("role", "group");
      block.setAttribute("aria-label", group.label);
      title.className = "gb-omni-group";
      title.setAttribute("aria-hidden", "true"); // the group's own label is read instead
      title.textContent = group.label;
      block.append(title, ...group.items.map((item, place) => this.item(item, `gb-omni-${index}-${place}`)));
      return block;
    }

    item(item, id) {
      const link = document.createElement("a");
      const icon = document.createElement("i");
      const text = document.createElement("span");
      icon.className = `ti ti-${item.icon || "arrow-right"}`;
      icon.setAttribute("aria-hidden", "true");
      text.textContent = item.title;
      link.append(icon, text);
      if (item.note) {
        const note = document.createElement("small");
        note.textContent = item.note;
        link.append(note);
      }
      link.href = item.url;
      link.id = id;
      link.tabIndex = -1;
      link.setAttribute("role", "option");
      return link;
    }

    choose(index) {
      this.options?.forEach((option, place) => option.setAttribute("aria-selected", String(place === index)));
      this.at = index;
      const option = this.options?.[index];
      if (!option) return this.input.removeAttribute("aria-activedescendant");
      this.input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    }

    hover(event) {
      const option = event.target.closest("[role=option]");
      if (option) this.choose(this.options.indexOf(option));
    }

    key(event) {
      const count = this.options?.length ?? 0;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.isComposing) return;
      // A search field would only empty itself at the first Escape.
      if (event.key === "Escape") { event.preventDefault(); this.box.close(); }
      if (step && count) {
        event.preventDefault();
        this.choose((this.at + step + count) % count);
      } else if (event.key === "Enter" && this.options?.[this.at]) {
        event.preventDefault();
        this.options[this.at].click();
      }
    }
  }
  customElements.define("gb-omni", Omni);
})();
