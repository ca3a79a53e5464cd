// explain.
#include <algorithm>
#include <ostream>

#include "cli/command.hpp"
#include "cli/result.hpp"
#include "host/call.hpp"
#include "report/code_command.hpp"
#include "report/suggestion.hpp"

namespace harbor::cli {
namespace {

struct Page {
  std::string code, title, explanation, source;
  int exit = 0;
};

void print_page(Invocation& call, const Page& page) {
  if (call.arguments.has("json")) {
    print_json(*call.context.out, {{"code", page.code},
                                   {"title", page.title},
                                   {"explanation", page.explanation},
                                   {"exit", page.exit},
                                   {"source", page.source}});
    return;
  }
  *call.context.out << page.code << ": " << page.title << "\n\n"
                    << page.explanation << "\n\nExit status " << page.exit << ". Reported by "
                    << page.source << ".\n";
}

}  // namespace

int explain(Invocation& call) {
  if (call.arguments.words.size() != 1)
    throw report::Error(report::diagnose(report::code::bad_usage, "explain takes one code", {},
                                         "for example `harbor explain H0210`"));
  auto wanted = call.arguments.words.front();
  if (wanted.starts_with("h0")) wanted.front() = 'H';
  if (const auto* code = report::find_code(wanted)) {
    print_page(call,
               {std::string(code->id), std::string(code->title), std::string(code->explanation),
                "Harbor itself", static_cast<int>(code->exit)});
    return 0;
  }
  std::vector<std::string> known;
  for (const auto& code : report::codes()) known.emplace_back(code.id);
  for (const auto& pack : packs_of(call).packs())
    for (const auto& failure : pack.failures) {
      if (failure.code == wanted) {
        print_page(call, {failure.code, failure.title, failure.explanation, "the pack " + pack.id,
                          static_cast<int>(host::exit_of(failure.status))});
        return 0;
      }
      known.push_back(failure.code);
    }
  throw report::Error(report::diagnose(report::code::unknown_subject,
                                       "there is no code '" + wanted + "'", {},
                                       report::did_you_mean(wanted, known)));
}

}  // namespace harbor::cli
