// The field a customer is chosen in: asks while you type, keeps the number of whom you choose.
(() => {
  const WAIT = 150;

  class Pick extends HTMLElement {
    connectedCallback() {
      this.input = this.querySelector("input");
      this.list = this.querySelector("[role=listbox]");
      this.chosen = this.querySelector("ul");
      this.said = this.querySelector("[role=status]");
      this.many = "many" in this.dataset;
      this.at = -1;
      this.takeOver();
      this.input.addEventListener("input", (event) => { if (!event.isComposing) this.later(); });
      this.input.addEventListener("compositionend", () => this.later());
      this.input.addEventListener("keydown", (event) => this.key(event));
      this.input.addEventListener("blur", () => this.close());
      this.list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
      this.list.addEventListener("click", (event) => this.take(event.target.closest("[role=option]")));
      this.list.addEventListener("pointermove", (event) => this.point(this.options.indexOf(event.target.closest("[role=option]"))));
      this.list.addEventListener("htmx:afterSwap", () => this.show());
      this.list.addEventListener("htmx:beforeSwap", (event) => { if (this.stale(event)) event.detail.shouldSwap = false; });
      this.addEventListener("htmx:responseError", () => this.say(this.dataset.failed));
      this.addEventListener("htmx:sendError", () => this.say(this.dataset.failed));
      this.chosen.addEventListener("click", (event) => this.remove(event.target.closest("button")?.closest("li")));
      this.input.form?.addEventListener("submit", () => this.settle());
    }

    // The text field becomes the search; a hidden one keeps the numbers under the same name.
    takeOver() {
      const { input } = this;
      this.kept = Object.assign(document.createElement("input"), { type: "hidden", name: input.name });
      input.after(this.kept);
      input.removeAttribute("name");
      input.placeholder = this.dataset.search;
      if (this.chosen.children.length) input.value = "";
      const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id, enterkeyhint: "search" };
      for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);
      this.needed = input.required;
      this.keep();
    }

    get options() { return [...this.list.querySelectorAll("[role=option]")]; }

    keep() {
      const numbers = [...this.chosen.children].map((item) => item.dataset.number);
      this.kept.value = numbers.join(" ");
      this.input.hidden = !this.many && numbers.length > 0;
      this.input.required = this.needed && !numbers.length;
    }

    // A number typed and not chosen counts all the same.
    settle() {
      const typed = this.input.value.trim();
      if (typed) this.kept.value = `${this.kept.value} ${typed}`.trim();
    }

    later() {
      clearTimeout(this.timer);
      this.takesFirst = false;
      this.timer = setTimeout(() => this.ask(), WAIT);
    }

    // POST, so that what is typed (a name, a phone) stays out of addresses and logs.
    ask() {
      clearTimeout(this.timer);
      const words = this.input.value.trim();
      this.say("");
      if (!words) return this.close();
      this.asked = words;
      htmx.ajax("POST", this.dataset.url, { source: this, target: this.list, swap: "innerHTML", values: { q: words } });
    }

    stale(event) {
      return event.detail.requestConfig?.parameters?.q !== undefined && event.detail.requestConfig.parameters.q !== this.input.value.trim();
    }

    show() {
      this.options.forEach((option, place) => { option.id = `${this.list.id}-${place}`; });
      this.list.hidden = false;
      this.input.setAttribute("aria-expanded", "true");
      this.point(this.options.length ? 0 : -1);
      if (this.takesFirst && this.options.length === 1) this.take(this.options[0]);
      this.takesFirst = false;
    }

    close() {
      this.list.hidden = true;
      this.input.setAttribute("aria-expanded", "false");
      this.input.removeAttribute("aria-activedescendant");
      this.at = -1;
    }

    say(text) { this.said.textContent = text; }

    point(index) {
      if (index < 0) { this.at = -1; return; }
      this.options.forEach((option, place) => option.setAttribute("aria-selected", String(place === index)));
      this.at = index;
      this.input.setAttribute("aria-activedescendant", this.options[index].id);
      this.options[index].scrollIntoView({ block: "nearest" });
    }

    take(option) {
      if (!option) return;
      const { number } = option.dataset;
      if (![...this.chosen.children].some((item) => item.dataset.number === number)) this.chosen.append(this.item(option, number));
      this.input.value = "";
      this.close();
      this.keep();
      if (this.many) this.input.focus();
      else this.chosen.querySelector("button").focus();
      this.dispatchEvent(new CustomEvent("gb-picked", { bubbles: true, detail: { number } }));
    }

    item(option, number) {
      const item = document.createElement("li");
      const button = document.createElement("button");
      const cross = document.createElement("i");
      item.dataset.number = number;
      item.append(...[...option.children].map((child) => child.cloneNode(true)));
      button.type = "button";
      button.className = "btn btn-quiet btn-icon";
      button.setAttribute("aria-label", `${this.dataset.remove} ${item.querySelector("b").textContent}`);
      cross.className = "ti ti-x";
      cross.setAttribute("aria-hidden", "true");
      button.append(cross);
      item.append(button);
      return item;
    }

    remove(item) {
      if (!item) return;
      item.remove();
      this.keep();
      this.input.focus();
    }

    key(event) {
      if (event.isComposing) return;
      const { options } = this;
      const open = !this.list.hidden;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && open && options.length) {
        event.preventDefault();
        this.point((this.at + step + options.length) % options.length);
      } else if (step > 0 && this.input.value.trim()) {
        event.preventDefault();
        this.ask();
      } else if (event.key === "Enter" && this.input.value.trim()) {
        event.preventDefault(); // a scanner ends with Enter: it chooses, it does not send the form
        if (open && options[this.at] && this.asked === this.input.value.trim()) return this.take(options[this.at]);
        this.ask();
        this.takesFirst = true;
      } else if (event.key === "Escape" && open) {
        event.preventDefault();
        event.stopPropagation();
        this.close();
      } else if (event.key === "Backspace" && this.many && !this.input.value) {
        this.remove(this.chosen.lastElementChild);
      }
    }
  }
  customElements.define("gb-pick", Pick);
})();
