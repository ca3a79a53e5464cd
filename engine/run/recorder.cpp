#include "run/recorder.hpp"

#include "system/sha256.hpp"

namespace harbor::run {
using nlohmann::json;
using store::Sync;

namespace {

json digest_of(const std::string& text) {
  return {{"$digest", "sha256:" + system::sha256(text)}, {"bytes", text.size()}};
}

void bound_texts(json& value) {
  if (value.is_string()) {
    if (const auto& text = value.get_ref<const std::string&>(); text.size() > longest_text)
      value = digest_of(text);
  } else if (value.is_structured()) {
    for (json& item : value) bound_texts(item);
  }
}

}  // namespace

void bound(json& properties) {
  bound_texts(properties);
  for (json& property : properties) {
    if (!property.is_structured()) continue;
    const auto text = property.dump(-1, ' ', false, json::error_handler_t::replace);
    if (text.size() > longest_property) property = digest_of(text);
  }
}

Recorder::Recorder(store::Journal* journal, store::StateFile* state, const secret::Masker& masker,
                   std::string run_id)
    : journal_(journal), state_(state), masker_(masker), run_id_(std::move(run_id)) {}

void Recorder::note(store::Record record, Sync sync) {
  if (!journal_) return;
  if (!masker_.is_empty())
    store::mask_free_text(record, [&](std::string_view text) { return masker_.apply(text); });
  // Only now: a digest of a text with a secret in it would let the secret be guessed.
  if (auto* line = std::get_if<store::StepLog>(&record)) bound(line->fields);
  if (auto* result = std::get_if<store::StepResult>(&record)) {
    bound(result->input);
    bound(result->output);
    bound(result->detail);
  }
  journal_->append(store::to_json(record), sync);
}

void Recorder::log(const plan::PlannedStep& step, const report::Event& line) {
  if (line.level < HARBOR_LOG_WARN && line.fields.is_null()) return;
  if (log_lines_.fetch_add(1, std::memory_order_relaxed) >= kept_log_lines) return;
  // No effect depends on a log line, so it need not be on disk before the action goes on.
  note(store::StepLog{.step = line.step.empty() ? step.id : line.step,
                      .action = step.action,
                      .level = std::string(report::level_name(line.level)),
                      .text = line.text,
                      .fields = line.fields},
       Sync::later);
}

store::Maker Recorder::maker_of(const plan::ResolvedAction& action, std::string id) const {
  return {.step = std::move(id),
          .action = action.info->name,
          .pack = action.pack->id,
          .pack_version = action.pack->version,
          .run = run_id_};
}

void Recorder::save_state(const plan::PlannedStep& step, const plan::ResolvedAction& action,
                          const std::string& id, const json& state) {
  if (!state_) return;
  // A step that undoes another one is recorded under that one's name.
  const auto maker = maker_of(action, step.undoes ? step.saved->step : id);
  const auto serial = state_->save({state, maker});
  // The state is on the disk; that it was saved is history.
  note(store::StateSaved{maker.step, maker.action, serial}, Sync::later);
}

void Recorder::record_artifacts(const plan::PlannedStep& step, const plan::ResolvedAction& action,
                                const json& output) {
  if (!state_) return;
  std::map<std::string, json> artifacts;
  for (const auto& binding : action.info->publishes)
    if (binding.recorded && output.contains(binding.property))
      artifacts[binding.artifact] = output[binding.property];
  if (artifacts.empty()) return;
  const auto serial = state_->record(maker_of(action, step.id), artifacts);
  for (const auto& [name, unused] : artifacts)
    note(store::ArtifactRecorded{name, step.id, step.action, serial}, Sync::later);
}

void Recorder::undone(const plan::PlannedStep& step) {
  if (!state_) return;
  state_->drop(step.saved->step, step.saved->action);
  note(store::StepUndone{step.saved->step, step.saved->action}, Sync::later);
}

void Recorder::forget(std::string_view step) {
  if (!state_) return;
  for (const auto& saved : state_->now().states) {
    if (saved.maker.step != step) continue;
    state_->drop(saved.maker.step, saved.maker.action);
    note(store::StateForgotten{saved.maker.step, saved.maker.action});
  }
}

void Recorder::clear_state() {
  if (state_) state_->clear();
}

}  // namespace harbor::run
