// Templates and what they render to, without escaping and without strictness. Each is also shown to
// the package.
#pragma once

#include <string>
#include <vector>

namespace harbor::test {

struct Row {
  std::string text;
  std::string output;
};

// NOLINTNEXTLINE(readability-function-size): a table, one row for each case
inline const std::vector<Row>& corpus() {
  static const std::vector<Row> all = {
      // text
      {"", ""},
      {"plain { } }} text\n", "plain { } }} text\n"},
      {"\\{{A}} {{A}}", "{{A}} alpha"},
      {"\\\\{{A}}", "\\alpha"},
      {"\\\\\\{{A}}", "\\\\alpha"},
      {"\\{{A}} \\{{B}} \\\\{{n}}", "{{A}} {{B}} \\5"},
      {"a\\b {{A}}", "a\\b alpha"},
      // paths
      {"{{A}} {{ A }} {{\nA\n}}", "alpha alpha alpha"},
      {"{{o.k1}} {{o/k2/deep}} {{o.k2.[deep]}}", "v1 d d"},
      {"{{o.[k 3]}} {{[a b]}} {{\"a b\"}} {{'a b'}}", "spaced ab ab ab"},
      {"{{this.A}} {{./A}} {{this/A}}", "alpha alpha alpha"},
      {"{{list.[0]}}{{list.[1]}}{{list.length}}{{list.[9]}}{{list.[01]}}{{objs.1.name}}", "xy3s"},
      {"{{s.length}} {{A.length}} {{n.length}}", "11 5 "},
      {"{{missing}}{{missing.x.y}}{{o.missing}}{{nil}}{{nil.x}}", ""},
      {"{{@root.A}} {{@root/o.k1}}", "alpha v1"},
      {"{{../A}}|{{@index}}|{{@nothing}}", "||"},
      {"{{A.B.C}}{{n.x}}", ""},
      // values as text
      {"{{n}} {{zero}} {{half}} {{yes}} {{no}}", "5 0 0.5 true false"},
      {"{{list}} {{nums}} {{grid}} {{none}}.", "x,y,z 1,2.5,-3 1,2,3 ."},
      {"{{o}} {{objs}}", "[object Object] [object Object],[object Object]"},
      {"{{B}} {{{B}}} {{&B}} {{& B}}", "<b>&\"'`= <b>&\"'`= <b>&\"'`= <b>&\"'`="},
      {"{{tag}}", "{{A}}"},
      // conditions
      {"{{#if yes}}y{{/if}}{{#if no}}n{{/if}}{{#if nil}}n{{/if}}{{#if missing}}n{{/if}}", "y"},
      {"{{#if zero}}n{{else}}z{{/if}}{{#if zero includeZero=true}}i{{/if}}", "zi"},
      {"{{#if empty}}n{{else}}e{{/if}}{{#if none}}n{{else}}l{{/if}}{{#if nothing}}o{{/if}}", "elo"},
      {"{{#if \"\"}}n{{/if}}{{#if 0}}n{{/if}}{{#if 1}}y{{/if}}{{#if false}}n{{/if}}{{#if "
       "null}}n{{/if}}",
       "y"},
      {"{{#if no}}a{{else if nil}}b{{else if A}}c{{else}}d{{/if}}", "c"},
      {"{{#if no}}a{{else unless yes}}b{{else}}d{{/if}}", "d"},
      {"{{#if no}}a{{else each list}}{{this}}{{/if}}", "xyz"},
      {"{{#if no}}a{{^}}b{{/if}}{{^if no}}c{{else}}d{{/if}}", "bc"},
      {"{{#unless no}}a{{else}}b{{/unless}}{{#unless yes}}a{{else}}b{{/unless}}", "ab"},
      {"{{#unless zero}}a{{/unless}}{{#unless zero includeZero=true}}b{{/unless}}", "a"},
      {"{{#if A}}{{../A}}{{A}}{{/if}}", "alpha"},
      // each
      {"{{#each list}}{{@index}}{{this}}{{#unless @last}},{{/unless}}{{/each}}", "0x,1y,2z"},
      {"{{#each list}}{{@key}}{{@first}}{{@last}} {{/each}}", "0truefalse 1falsefalse 2falsetrue "},
      {"{{#each o}}{{@key}}={{@index}}{{#if @last}}.{{/if}} {{/each}}", "k1=0 k2=1 k 3=2. "},
      {"{{#each none}}n{{else}}e{{/each}}{{#each nothing}}n{{else}}o{{/each}}{{#each "
       "A}}n{{else}}s{{/each}}",
       "eos"},
      {"{{#each missing}}n{{else}}{{A}}{{/each}}", "alpha"},
      {"{{#each objs}}{{name}}{{#each tags}}{{../name}}{{this}}{{@../index}}{{/each}};{{/each}}",
       "ppq0pr0;s;"},
      {"{{#each grid}}{{#each this}}{{this}}{{/each}};{{/each}}", "12;3;"},
      {"{{#each objs}}{{../A}}{{@root.A}}{{A}} {{/each}}", "alphaalpha alphaalpha "},
      {"{{#each list}}{{.}}{{/each}}", "xyz"},
      {"{{#each mixed}}[{{this}}{{A}}]{{/each}}", "[][0][false][w][[object Object]mx]"},
      // with
      {"{{#with o}}{{k1}}{{#with k2}}{{deep}}{{../k1}}{{../../A}}{{/with}}{{/with}}", "v1dv1alpha"},
      {"{{#with missing}}n{{else}}{{A}}{{/with}}{{#with none}}n{{else}}e{{/with}}{{#with "
       "zero}}{{this}}{{/with}}",
       "alphae0"},
      {"{{#with 1}}{{#with true}}{{../A}}{{/with}}{{/with}}", "alpha"},
      {"{{#with \"5\"}}{{#with 5}}{{../A}}{{/with}}{{/with}}", "alpha"},
      {"{{#with nums}}{{#with \"1,2.5,-3\"}}{{../A}}{{/with}}{{/with}}", "alpha"},
      {"{{#with 2}}{{#with true}}[{{../A}}]{{/with}}{{#with \"x\"}}[{{../A}}]{{/with}}{{/with}}",
       "[][]"},
      {"{{#with \"lit\"}}{{this}}{{/with}}{{#with this}}{{../A}}{{A}}{{/with}}", "litalpha"},
      // sections
      {"{{#yes}}{{A}}{{/yes}}{{#no}}n{{/no}}{{#nil}}n{{/nil}}{{#missing}}n{{/missing}}", "alpha"},
      {"{{#list}}{{this}}{{@index}}{{/list}}{{#none}}n{{/none}}", "x0y1z2"},
      {"{{#o}}{{k1}}{{../A}}{{/o}}{{#A}}[{{this}}]{{/A}}{{#zero}}0{{/zero}}{{#empty}}e{{/empty}}",
       "v1alpha[alpha]0e"},
      {"{{^no}}n{{/no}}{{^missing}}m{{/missing}}{{^none}}e{{/none}}{{^A}}a{{else}}b{{/A}}", "nmeb"},
      {"{{#o.k2}}{{deep}}{{/o.k2}}{{#yes}}a{{else}}b{{/yes}}{{#no}}a{{^}}b{{/no}}", "dab"},
      // helpers
      {"{{upper A}} {{lower \"ABC\"}} {{upper n}}{{upper nil}}", "ALPHA abc 5"},
      {"{{default missing \"d\"}}{{default empty A}}{{default zero 1}}{{default no 1}}{{default A "
       "1}}",
       "dalpha0falsealpha"},
      {"{{join list}} {{join list \", \"}} {{join nums 0}} {{join none \"-\"}}{{join missing}}",
       "x,y,z x, y, z 102.50-3 "},
      {"{{#if (eq A \"alpha\")}}1{{/if}}{{#if (eq n \"5\")}}2{{/if}}{{#if (eq n 6)}}3{{/if}}{{#if "
       "(eq nil missing)}}4{{/if}}",
       "124"},
      {"{{json A}} {{json o}} {{json list}} {{json n}} {{json nil}} {{json lines}} {{json B}}",
       "\"alpha\" {\"k1\":\"v1\",\"k2\":{\"deep\":\"d\",\"A\":\"inner\"},\"k 3\":\"spaced\"} "
       "[\"x\",\"y\",\"z\"] 5 null "
       "\"a\\nb\" \"<b>&\\\"'`=\""},
      {"{{upper (default missing (join list \"-\"))}}", "X-Y-Z"},
      {"{{#each (default missing list)}}{{this}}{{/each}}{{#with (default nil o)}}{{k1}}{{/with}}",
       "xyzv1"},
      {"{{upper \"it\\\"s\"}} {{upper 'it\\'s'}}", "IT\"S IT'S"},
      {"{{eq 1 1}} {{eq -2.50 \"-2.5\"}} {{eq true \"true\"}}", "true true true"},
      // comments
      {"a{{! b }}c{{!-- {{d}} --}}e{{!}}f{{!----}}g", "acefg"},
      {"a\n {{! alone }} \nb", "a\nb"},
      {"a\n {{!-- two\nlines --}}\nb", "a\nb"},
      {"{{! first }}\nb{{! last }}", "b"},
      {"a {{~! x ~}} b", "ab"},
      {"a {{~!-- x --~}} b", "ab"},
      // white space
      {"a {{~A}} b {{A~}} c {{~A~}} d", "aalpha b alphacalphad"},
      {"a\n\n {{~A~}} \n\n b", "aalphab"},
      {"{{#if yes}}\n  a\n{{/if}}\nb", "  a\nb"},
      {"x\n  {{#if yes}}  \n  a\n  {{/if}}  \nb", "x\n  a\nb"},
      {"{{#if no}}\na\n{{else}}\nb\n{{/if}}\n", "b\n"},
      {"{{#if no}}\na\n{{else if yes}}\nb\n{{else}}\nc\n{{/if}}\nd", "b\nd"},
      {"x {{#if yes}}\na\n{{/if}} y", "x \na\n y"},
      {"{{#each list}}\n- {{this}}\n{{/each}}\nend", "- x\n- y\n- z\nend"},
      {"{{#each list ~}}\n  {{this}}\n{{~/each}}", "xyz"},
      {"{{#if yes~}} a {{~else~}} b {{~/if}}", "a"},
      {"{{#if no}} a {{~else~}} b {{~/if}} c", "b c"},
      {"{{~#if yes~}} a {{~/if~}} b", "ab"},
      {"{{#if yes}}\r\na\r\n{{/if}}\r\nb", "a\r\nb"},
      {"a\n{{A}}\nb", "a\nalpha\nb"},
      {"\n\n{{#if yes}}\n\n{{/if}}\n\n", "\n\n\n\n"},
      {"{{#if yes}}{{#if yes}}\na\n{{/if}}{{/if}}\nb", "\na\n\nb"},
  };
  return all;
}

inline const std::vector<std::string>& bad_corpus() {
  static const std::vector<std::string> all = {
      "{{",
      "{{}}",
      "{{A",
      "{{A}",
      "{{list.0}}",
      "{{{A}}",
      "{{A}}}",
      "{{#if A}}",
      "{{/if}}",
      "{{#if A}}{{/unless}}",
      "{{else}}",
      "{{#if}}{{/if}}",
      "{{A)}}",
      "{{(A}}",
      "{{A.}}",
      "{{A/}}",
      "{{A/../B}}",
      "{{A.this}}",
      "{{#}}{{/}}",
      "{{@}}",
      "{{A B}}",
      "{{A k=1}}",
      "{{unknown A}}",
      "{{upper (unknown A)}}",
      "{{upper k=}}",
      "{{=A}}",
      "{{A \"}}",
      "{{!",
      "{{!-- }}",
      "{{[A}}",
      "{{#A}}{{^}}{{^}}{{/A}}",
      "{{#if A}}{{else}}{{else if B}}{{/if}}",
      "{{#each}}{{/each}}",
      "{{A}}}}",
  };
  return all;
}

}  // namespace harbor::test
