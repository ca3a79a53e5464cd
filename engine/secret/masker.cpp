#include "secret/masker.hpp"

#include <algorithm>
#include <mutex>

#include "secret/automaton.hpp"
#include "secret/form.hpp"
#include "secret/memory.hpp"

namespace harbor::secret {

struct Masker::State {
  std::mutex mutex;
  WipedVector<WipedString> forms;  // of all values; sorted and unique when `automaton` stands
  std::shared_ptr<const Automaton> automaton;  // of `forms`; null when there are none, or new ones

  std::shared_ptr<const Automaton> current() {
    const std::lock_guard lock(mutex);
    if (!automaton && !forms.empty()) {
      std::sort(forms.begin(), forms.end());
      forms.erase(std::unique(forms.begin(), forms.end()), forms.end());
      automaton = std::make_shared<const Automaton>(forms);
    }
    return automaton;
  }
};

Masker::Masker() : state_(std::make_shared<State>()) {}

void Masker::add(std::string_view value) {
  WipedVector<WipedString> forms = secret_forms(value, shortest);
  const std::lock_guard lock(state_->mutex);
  if (forms.empty()) return;
  state_->forms.insert(state_->forms.end(), std::make_move_iterator(forms.begin()),
                       std::make_move_iterator(forms.end()));
  // Rebuilt at the next use and not here: secrets come in batches, and each build takes time for
  // all of them.
  state_->automaton.reset();
}

bool Masker::is_empty() const {
  const std::lock_guard lock(state_->mutex);
  return state_->forms.empty();
}

std::string Masker::apply(std::string_view text) const {
  Stream stream(*this);
  std::string masked = stream.feed(text);
  masked += stream.finish();
  return masked;
}

std::vector<std::string_view> Masker::find(std::string_view text) const {
  std::vector<std::string_view> found;
  const auto automaton = state_->current();
  if (!automaton) return found;
  std::vector<Range> ranges;
  (void)automaton->find(text, ranges);
  for (const Range& range : ranges)
    found.push_back(text.substr(range.begin, range.end - range.begin));
  return found;
}

std::string Masker::Stream::feed(std::string_view chunk) { return advance(chunk, End::open); }

std::string Masker::Stream::finish() { return advance({}, End::whole); }

std::string Masker::Stream::finish_cut() { return advance({}, End::cut); }

std::string Masker::Stream::advance(std::string_view chunk, End end) {
  const auto automaton = masker_.state_->current();
  std::string joined;
  std::string_view text = chunk;
  // Usually nothing is held back; then a chunk is searched without a copy.
  if (!held_.empty()) {
    joined = held_;
    joined += chunk;
    text = joined;
  }
  std::vector<Range> ranges;
  if (covered_ > 0) ranges.push_back({0, covered_});
  const std::size_t open = automaton ? automaton->find(text, ranges) : 0;
  if (end == End::cut && automaton) automaton->find_cut(text, ranges);
  const bool is_last = end != End::open;
  // No form that ends later can begin before this place, so the text before it is decided.
  const std::size_t decided = is_last ? text.size() : text.size() - open;

  std::string masked;
  masked.reserve(decided);
  std::size_t done = shown_;
  std::size_t covered = decided == 0 ? covered_ : 0;
  bool is_hidden = after_mask_;  // the text before here ends in a mask
  const auto show = [&](std::size_t until) {
    if (until <= done) return;
    masked.append(text.substr(done, until - done));
    done = until;
    is_hidden = false;
  };
  for (const Range& range : ranges) {
    if (range.begin >= decided) break;
    show(range.begin);
    if (range.end > done) {
      // One mask for secrets that touch, across chunks as well: two masks would tell how many there
      // are.
      if (!is_hidden) masked += mask;
      is_hidden = true;
      done = std::min(range.end, decided);
    }
    if (range.end > decided) covered = range.end - decided;
  }
  show(decided);

  std::string rest(text.substr(decided));
  held_ = std::move(rest);
  covered_ = covered;
  shown_ = done > decided ? done - decided : 0;
  after_mask_ = is_hidden && !is_last;
  return masked;
}

std::string Masker::Stream::release() {
  // Text covered by a completed form stays hidden. Beyond it, fewer bytes are shown than the
  // shortest form has, so that no whole secret gets out.
  const std::size_t from = std::max(shown_, covered_);
  const std::size_t end = std::min(held_.size(), std::max(from, covered_ + shortest - 1));
  if (end <= from) return {};
  shown_ = end;
  after_mask_ = false;
  return held_.substr(from, end - from);
}

}  // namespace harbor::secret
