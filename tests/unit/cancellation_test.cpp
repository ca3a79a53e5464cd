#include "process/cancellation.hpp"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <thread>

using harbor::process::Cancellation;
using harbor::process::SignalCancellation;
using State = Cancellation::State;

namespace {

bool is_readable(int fd) {
  pollfd ready{fd, POLLIN, 0};
  return ::poll(&ready, 1, 0) == 1;
}

struct sigaction disposition_of(int signal) {
  struct sigaction current {};
  ::sigaction(signal, nullptr, &current);
  return current;
}

}  // namespace

TEST_CASE("a cancellation is only ever raised", "[host]") {
  Cancellation cancellation;
  CHECK(cancellation.state() == State::none);
  CHECK_FALSE(is_readable(cancellation.fd()));
  cancellation.request(State::none);
  CHECK_FALSE(is_readable(cancellation.fd()));

  cancellation.request(State::graceful);
  CHECK(cancellation.state() == State::graceful);
  CHECK(is_readable(cancellation.fd()));
  CHECK_FALSE(is_readable(cancellation.at_once_fd()));

  cancellation.request(State::at_once);
  cancellation.request(State::graceful);
  CHECK(cancellation.state() == State::at_once);
  CHECK(is_readable(cancellation.at_once_fd()));
}

TEST_CASE("a stop at once wakes those who wait for any stop", "[host]") {
  Cancellation cancellation;
  cancellation.request(State::at_once);
  CHECK(is_readable(cancellation.fd()));
  CHECK(is_readable(cancellation.at_once_fd()));
}

TEST_CASE("many threads may request at once", "[host]") {
  Cancellation cancellation;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back(
        [&, i] { cancellation.request(i % 2 == 0 ? State::graceful : State::at_once); });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(cancellation.state() == State::at_once);
}

TEST_CASE("the first signal asks for a graceful stop and the second for one at once", "[host]") {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    Cancellation cancellation;
    const SignalCancellation signals(cancellation);
    ::raise(signal);
    CHECK(cancellation.state() == State::graceful);
    ::raise(SIGTERM);
    CHECK(cancellation.state() == State::at_once);
  }
}

TEST_CASE("a first signal after another's graceful request is still the first", "[host]") {
  Cancellation cancellation;
  const SignalCancellation signals(cancellation);
  cancellation.request(State::graceful);
  ::raise(SIGINT);
  CHECK(cancellation.state() == State::graceful);
  ::raise(SIGINT);
  CHECK(cancellation.state() == State::at_once);
}

TEST_CASE("signal dispositions are restored", "[host]") {
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  struct sigaction before {};
  ::sigaction(SIGINT, &ignore, &before);
  const auto term = disposition_of(SIGTERM).sa_handler;
  const auto pipe = disposition_of(SIGPIPE).sa_handler;
  {
    Cancellation cancellation;
    const SignalCancellation signals(cancellation);
    CHECK(disposition_of(SIGPIPE).sa_handler == SIG_IGN);
    CHECK(disposition_of(SIGINT).sa_handler != SIG_IGN);
  }
  CHECK(disposition_of(SIGINT).sa_handler == SIG_IGN);
  CHECK(disposition_of(SIGTERM).sa_handler == term);
  CHECK(disposition_of(SIGPIPE).sa_handler == pipe);
  ::sigaction(SIGINT, &before, nullptr);
}

TEST_CASE("an ignored hang-up stays ignored", "[host]") {
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  struct sigaction before {};
  ::sigaction(SIGHUP, &ignore, &before);
  {
    Cancellation cancellation;
    const SignalCancellation signals(cancellation);
    ::raise(SIGHUP);
    CHECK(cancellation.state() == State::none);
  }
  ::sigaction(SIGHUP, &before, nullptr);
}
