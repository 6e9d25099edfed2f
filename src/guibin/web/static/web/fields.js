// What is wrong with a field is said beside it, in the language of the page and not of the browser.
(() => {
  const words = { ...document.currentScript.dataset };
  let asked = null;

  const missing = (field) => {
    if (field.type === "checkbox") return words.tick;
    if (field.type === "file") return words.file;
    return field.type === "radio" || field.tagName === "SELECT" ? words.choose : words.missing;
  };
  const sentence = (field) => {
    const state = field.validity;
    if (state.valueMissing) return missing(field);
    if (state.customError) return field.validationMessage;
    if (state.badInput && field.type === "number") return words.number;
    if (state.typeMismatch && field.type === "email") return words.email;
    if (state.rangeUnderflow) return words.low.replace("#", field.min);
    if (state.rangeOverflow) return words.high.replace("#", field.max);
    if (state.tooShort) return words.short.replace("#", field.minLength);
    return field.title || words.wrong;
  };

  const place = (field) => field.closest(".gb-field") || field.closest(".gb-rule-row, .gb-rule-names") || field.closest("label") || field.parentElement;
  const quiet = (field) => {
    if (!field.gbSaid) return;
    field.gbSaid.remove();
    field.gbSaid = null;
    field.removeAttribute("aria-invalid");
    if (field.gbDescribed) field.setAttribute("aria-describedby", field.gbDescribed);
    else field.removeAttribute("aria-describedby");
  };
  const say = (field) => {
    quiet(field);
    const said = document.createElement("span");
    said.className = "gb-error gb-said";
    said.id = `${field.id || field.name || "field"}-said`;
    said.textContent = sentence(field);
    place(field).append(said);
    field.gbSaid = said;
    field.gbDescribed = field.getAttribute("aria-describedby");
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", `${said.id} ${field.gbDescribed || ""}`.trim());
  };

  document.addEventListener("invalid", (event) => {
    event.preventDefault();
    say(event.target);
    if (asked) return;
    asked = event.target;
    setTimeout(() => { asked.focus(); asked = null; });
  }, true);
  for (const name of ["input", "change"]) {
    document.addEventListener(name, ({ target }) => { if (target.gbSaid && target.validity.valid) quiet(target); });
  }
})();
