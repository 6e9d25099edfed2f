// <gb-copy for="id"><button data-done="Copied">…</button></gb-copy>: copies the value of the named input.
class Copy extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    const source = document.getElementById(this.getAttribute("for"));
    if (!button || !source) return;
    source.addEventListener("focus", () => source.select());
    button.addEventListener("click", async () => {
      source.select();
      try {
        await navigator.clipboard.writeText(source.value);
      } catch {
        document.execCommand("copy");
      }
      button.lastChild.textContent = button.dataset.done;
    });
  }
}
customElements.define("gb-copy", Copy);
