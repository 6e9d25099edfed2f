/** A place to drop a file on, with its progress while it goes up. Works as a plain form without this. */
class Drop extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[type=file]");
    this.bar = this.querySelector("progress");
    this.note = this.querySelector("[data-int-name]");
    this.form = this.closest("form");
    for (const name of ["dragenter", "dragover"]) this.addEventListener(name, (event) => this.over(event, true));
    for (const name of ["dragleave", "drop"]) this.addEventListener(name, (event) => this.over(event, false));
    this.addEventListener("drop", (event) => {
      if (event.dataTransfer.files.length) { this.input.files = event.dataTransfer.files; this.show(); }
    });
    this.input.addEventListener("change", () => this.show());
    this.form.addEventListener("submit", (event) => this.send(event));
  }

  over(event, on) {
    event.preventDefault();
    this.classList.toggle("is-over", on);
  }

  show() {
    const file = this.input.files[0];
    if (!file) return;
    const size = file.size < 1048576 ? `${Math.ceil(file.size / 1024)} KB` : `${(file.size / 1048576).toFixed(1)} MB`;
    this.note.textContent = `${file.name} · ${size}`;
    this.classList.add("has-file");
  }

  send(event) {
    event.preventDefault();
    const request = new XMLHttpRequest();
    this.bar.hidden = false;
    this.form.querySelector("button[type=submit]").disabled = true;
    request.upload.addEventListener("progress", (step) => {
      if (step.lengthComputable) this.bar.value = (step.loaded / step.total) * 100;
    });
    request.addEventListener("load", () => {
      if (request.responseURL && request.status < 400) location.assign(request.responseURL);
      else location.reload();
    });
    request.addEventListener("error", () => {
      this.form.querySelector("button[type=submit]").disabled = false;
      this.bar.hidden = true;
      this.note.textContent = this.dataset.failed;
    });
    request.open("POST", this.form.action || location.href);
    request.send(new FormData(this.form));
  }
}
customElements.define("int-drop", Drop);
