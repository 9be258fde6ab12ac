// Child processes of a test: a daemon that runs beside it, or a tool whose output is read.
// A Process belongs to one thread. It is killed by its pid when the object goes, and dies with the test program if that
// is killed. Output (stdout and stderr, mixed) goes to an unlinked temporary file, so a chatty daemon never blocks.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace support {

class Namespace;

using Arguments = std::vector<std::string>;

struct ProcessOptions {
  Namespace const* network = nullptr;  // run there; null: in the caller's network namespace
};

class Process {
 public:
  /// Starts argv[0] (looked up in PATH). Throws std::runtime_error when it cannot be started.
  explicit Process(Arguments const& argv, ProcessOptions const& options = {});
  ~Process();
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;
  Process(Process const&) = delete;
  Process& operator=(Process const&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] bool running();
  /// Everything it has printed so far.
  [[nodiscard]] std::string output() const;
  void signal(int number) const;
  /// The exit status (128 + signal if it was killed), or nothing if it still runs after `span`.
  std::optional<int> wait(std::chrono::milliseconds span);
  /// SIGTERM, then SIGKILL after `grace`. Returns the exit status.
  int stop(std::chrono::milliseconds grace = std::chrono::seconds(3));

 private:
  pid_t pid_ = -1;
  int output_ = -1;
  std::optional<int> status_;
};

struct Finished {
  int status = -1;
  std::string output;
};

/// Runs a tool to its end; throws if it takes longer than `span`.
Finished run(Arguments const& argv, ProcessOptions const& options = {},
             std::chrono::milliseconds span = std::chrono::seconds(20));

/// As run(), and throws with the tool's output if it fails.
std::string must_run(Arguments const& argv, ProcessOptions const& options = {});

/// A directory of the test's own under /tmp, removed with its content.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(TemporaryDirectory const&) = delete;
  TemporaryDirectory& operator=(TemporaryDirectory const&) = delete;

  [[nodiscard]] std::string const& path() const { return path_; }
  /// Writes a file there and returns its full path.
  std::string write(std::string const& name, std::string const& content) const;

 private:
  std::string path_;
};

}  // namespace support
