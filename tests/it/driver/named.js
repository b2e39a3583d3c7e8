// Marks the first visible element with a role and an accessible name, and returns its mark.
// The roles and the order of names are those that the interface uses, in the sense of
// https://www.w3.org/TR/accname-1.2/ and https://www.w3.org/TR/html-aria/.
const [role, name, attribute] = arguments;

const native = {
  button: "button, summary, input[type=button], input[type=submit]",
  link: "a[href]",
  textbox: "input:not([type]), input[type=text], input[type=email], input[type=password], textarea",
  searchbox: "input[type=search]",
  checkbox: "input[type=checkbox]",
  radio: "input[type=radio]",
  combobox: "select",
  option: "option",
  dialog: "dialog",
  heading: "h1, h2, h3, h4, h5, h6",
  list: "ul, ol",
  listitem: "li",
  table: "table",
  row: "tr",
  navigation: "nav",
  main: "main",
};

const textOf = (ids) => ids.split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
const nameOf = (element) =>
  (element.hasAttribute("aria-labelledby") && textOf(element.getAttribute("aria-labelledby"))) ||
  element.getAttribute("aria-label") ||
  (element.labels?.length && [...element.labels].map((label) => label.textContent).join(" ")) ||
  element.innerText ||
  element.textContent ||
  element.getAttribute("title") ||
  "";
const plain = (text) => text.replace(/\s+/g, " ").trim();

const selector = [`[role="${role}"]`, native[role] && `:is(${native[role]}):not([role])`].filter(Boolean).join(", ");
const found = [...document.querySelectorAll(selector)].find(
  (element) => element.checkVisibility() && plain(nameOf(element)) === plain(name),
);
if (!found) return null;
window.__driverMarks = (window.__driverMarks ?? 0) + 1;
found.setAttribute(attribute, window.__driverMarks);
return String(window.__driverMarks);
