#include "report/view.hpp"

#include <algorithm>
#include <chrono>
#include <ostream>
#include <utility>

namespace harbor::report {
namespace {

class EventStream final : public Observer {
 public:
  explicit EventStream(std::ostream& out) : out_(out) {}

  void on_event(const Event& event) override {
    out_ << to_json(event, std::chrono::system_clock::now())
                .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)
         << '\n'
         << std::flush;
  }
  [[nodiscard]] bool wants_trace() const override { return true; }

 private:
  std::ostream& out_;
};

class FanOut final : public Observer {
 public:
  explicit FanOut(std::vector<std::shared_ptr<Observer>> observers)
      : observers_(std::move(observers)) {}

  void on_event(const Event& event) override {
    for (const auto& observer : observers_) observer->on_event(event);
  }
  [[nodiscard]] bool wants_trace() const override {
    return std::any_of(observers_.begin(), observers_.end(),
                       [](const auto& observer) { return observer->wants_trace(); });
  }

 private:
  std::vector<std::shared_ptr<Observer>> observers_;
};

}  // namespace

std::unique_ptr<Observer> make_event_stream(std::ostream& out) {
  return std::make_unique<EventStream>(out);
}

std::unique_ptr<Observer> make_fan_out(std::vector<std::shared_ptr<Observer>> observers) {
  return std::make_unique<FanOut>(std::move(observers));
}

}  // namespace harbor::report
