#include "process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <utility>

#include "eventually.h"
#include "netns.h"

namespace support {
namespace {

int unlinked_file() {
  char name[] = "/tmp/tern-output-XXXXXX";
  int const fd = ::mkostemp(name, O_CLOEXEC | O_APPEND);
  if (fd < 0) throw std::runtime_error(std::string("mkostemp: ") + std::strerror(errno));
  ::unlink(name);
  return fd;
}

// Between fork and exec: only what is safe there.
[[noreturn]] void become(std::vector<char*> const& argv, int output, int network, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);
  if (network >= 0 && !enter_network(network)) ::_exit(126);
  int const null = ::open("/dev/null", O_RDONLY);
  ::dup2(null, 0);
  ::dup2(output, 1);
  ::dup2(output, 2);
  ::execvp(argv[0], argv.data());
  auto const* why = std::strerror(errno);
  (void)!::write(2, why, std::strlen(why));
  ::_exit(127);
}

int status_of(int raw) { return WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw); }

}  // namespace

Process::Process(Arguments const& argv, ProcessOptions const& options) : output_(unlinked_file()) {
  std::vector<char*> pointers;
  for (auto const& argument : argv) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  int const network = options.network == nullptr ? -1 : options.network->fd();
  pid_t const parent = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("fork failed");
  if (pid_ == 0) become(pointers, output_, network, parent);
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), output_(std::exchange(other.output_, -1)), status_(other.status_) {}

Process& Process::operator=(Process&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(output_, other.output_);
  std::swap(status_, other.status_);
  return *this;
}

Process::~Process() {
  if (pid_ > 0) stop();
  if (output_ >= 0) ::close(output_);
}

bool Process::running() {
  int raw = 0;
  if (!status_ && ::waitpid(pid_, &raw, WNOHANG) == pid_) status_ = status_of(raw);
  return !status_;
}

std::string Process::output() const {
  std::string text;
  char buffer[65536];
  for (off_t at = 0;; at = static_cast<off_t>(text.size())) {
    auto const count = ::pread(output_, buffer, sizeof buffer, at);
    if (count <= 0) return text;
    text.append(buffer, static_cast<std::size_t>(count));
  }
}

void Process::signal(int number) const {
  if (pid_ > 0 && !status_) ::kill(pid_, number);
}

std::optional<int> Process::wait(std::chrono::milliseconds span) {
  (void)eventually(span, [this] { return !running(); });
  return status_;
}

int Process::stop(std::chrono::milliseconds grace) {
  if (!running()) return *status_;
  signal(SIGTERM);
  if (!wait(grace)) {
    signal(SIGKILL);
    (void)wait(std::chrono::seconds(5));
  }
  return status_.value_or(-1);
}

Finished run(Arguments const& argv, ProcessOptions const& options, std::chrono::milliseconds span) {
  Process process(argv, options);
  auto const status = process.wait(span);
  if (!status) throw std::runtime_error(argv[0] + " does not end: " + process.output());
  return {*status, process.output()};
}

std::string must_run(Arguments const& argv, ProcessOptions const& options) {
  auto finished = run(argv, options);
  if (finished.status != 0) {
    std::string line;
    for (auto const& argument : argv) line += argument + " ";
    throw std::runtime_error(line + "ended with " + std::to_string(finished.status) + ": " + finished.output);
  }
  return std::move(finished.output);
}

TemporaryDirectory::TemporaryDirectory() {
  char name[] = "/tmp/tern-test-XXXXXX";
  if (::mkdtemp(name) == nullptr) throw std::runtime_error("mkdtemp failed");
  path_ = name;
  ::chmod(name, 0755);  // daemons that drop privileges must still read their file
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryDirectory::write(std::string const& name, std::string const& content) const {
  auto const file = path_ + "/" + name;
  std::ofstream(file) << content;
  return file;
}

}  // namespace support
