// Runs axe-core on the page and tells each violation with the elements that it concerns.
const done = arguments[arguments.length - 1];
axe
  .run(document, { resultTypes: ["violations"] })
  .then(({ violations }) =>
    done(violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`)),
  )
  .catch((error) => done([`axe-core failed: ${error}`]));
