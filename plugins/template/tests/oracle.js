// Renders rows with the handlebars package: the first line of the input is the data, each other one a row.
// Helpers are what Harbor documents them to be.
'use strict';
const Handlebars = require(process.argv[2]);

// Without this the package adds numbers: `{{{one}}}{{{two}}}` is 3.
const compiler = Handlebars.JavaScriptCompiler.prototype;
const append = compiler.appendToBuffer;
compiler.appendToBuffer = function (source, location, explicit) {
  return append.call(this, ["(''+(", source, '))'], location, explicit);
};
Handlebars.logger.log = () => {};

const text = (value) => (value == null ? '' : String(value));
const flip = (value, letters) => text(value).replace(letters, (c) => String.fromCharCode(c.charCodeAt(0) ^ 32));
Handlebars.registerHelper('upper', (value) => flip(value, /[a-z]/g));
Handlebars.registerHelper('lower', (value) => flip(value, /[A-Z]/g));
Handlebars.registerHelper('default', (value, other) => (value == null || value === '' ? other : value));
Handlebars.registerHelper('json', (value) => (value === undefined ? undefined : JSON.stringify(value)));
Handlebars.registerHelper('join', (list, separator) =>
  list == null ? '' : list.join(separator !== null && typeof separator === 'object' ? ',' : text(separator)));
Handlebars.registerHelper('eq', (a, b) => {
  if (a == null || b == null) return a == null && b == null;
  if (typeof a === 'object' || typeof b === 'object') return JSON.stringify(a) === JSON.stringify(b);
  return String(a) === String(b);
});

const [data, ...rows] = require('fs').readFileSync(0, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
const answers = rows.map(({ text: source, escape, strict }) => {
  try {
    return String(Handlebars.compile(source, { noEscape: !escape, strict })(data));
  } catch (error) {
    return null;
  }
});
process.stdout.write(JSON.stringify(answers));
