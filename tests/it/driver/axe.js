// Runs axe-core on the page and tells each violation with the elements that it concerns.
const done = arguments[arguments.length - 1];
axe
  .run(document, { resultTypes: ["violations"] })
  .then(({ violations }) =>
    done(violations.flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id}: ${help}: ${target.join(" ")}`))),
  )
  .catch((error) => done([`axe-core failed: ${error}`]));
