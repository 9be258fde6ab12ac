#include "kit/daemon_figures.h"

#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace bench {
namespace {

namespace fs = std::filesystem;

pid_t parent_of(fs::path const& proc) {
  std::ifstream status(proc / "status");
  std::string line;
  while (std::getline(status, line)) {
    if (line.starts_with("PPid:")) return static_cast<pid_t>(std::stol(line.substr(5)));
  }
  return 0;
}

std::vector<pid_t> family_of(pid_t root) {
  std::vector<std::pair<pid_t, pid_t>> parents;
  std::error_code error;
  for (auto const& entry : fs::directory_iterator("/proc", error)) {
    std::string const name = entry.path().filename();
    if (std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; })) {
      parents.emplace_back(static_cast<pid_t>(std::stol(name)), parent_of(entry.path()));
    }
  }
  std::vector<pid_t> family{root};
  for (std::size_t i = 0; i < family.size(); ++i) {
    for (auto const& [pid, parent] : parents) {
      if (parent == family[i]) family.push_back(pid);
    }
  }
  return family;
}

// Nanoseconds on a CPU, of every thread (the ticks in /proc/PID/stat are ten milliseconds each).
Nanos cpu_of(pid_t pid) {
  Nanos total = 0;
  std::error_code error;
  for (auto const& task : fs::directory_iterator("/proc/" + std::to_string(pid) + "/task", error)) {
    std::ifstream file(task.path() / "schedstat");
    Nanos spent = 0;
    if (file >> spent) total += spent;
  }
  return total;
}

std::uint64_t kib(std::string const& line) { return std::stoull(line.substr(line.find(':') + 1)); }

}  // namespace

DaemonFigures figures_of(pid_t pid) {
  DaemonFigures figures;
  if (pid == 0) return figures;
  for (pid_t const member : family_of(pid)) {
    figures.cpu += cpu_of(member);
    std::ifstream status("/proc/" + std::to_string(member) + "/status");
    std::string line;
    while (std::getline(status, line)) {
      if (line.starts_with("VmHWM:")) figures.peak_kib += kib(line);
      if (line.starts_with("VmRSS:")) figures.current_kib += kib(line);
    }
  }
  return figures;
}

Nanos own_cpu() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  auto const nanos = [](timeval t) { return t.tv_sec * kSecond + t.tv_usec * 1000; };
  return nanos(usage.ru_utime) + nanos(usage.ru_stime);
}

}  // namespace bench
